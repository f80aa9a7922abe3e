//! Czech. Names stay out of sentences: they would have to be declined.

use domain::notice::Notice;
use domain::sla::Metric;

use super::{DigestWords, PasswordSetWords, ResetWords, Saying, Words};

pub(super) static WORDS: Words = Words {
    greeting: |_name| "Dobrý den,".to_owned(),
    saying,
    closes: |at| format!("Pokud nebude znovu otevřen, automaticky se uzavře {at}."),
    resumes: |at| format!("Jeho řešení bude pokračovat {at}."),
    expected: |at| format!("Předpokládaný termín vyřešení: {at}."),
    due: |metric, at| format!("{}: termín {at}.", promised(metric)),
    colon: ": ",
    status: "Stav",
    assignee: "Řeší",
    nobody: "zatím nikdo",
    helpdesk: "Podpora",
    attached: "Přiloženo:",
    open: "Zobrazit požadavek",
    footer: "Tuto zprávu automaticky odeslala technická podpora.",
    digest: DigestWords {
        headline: |count| format!("Nové termíny (počet požadavků: {count})"),
        sentence: "U těchto požadavků se změnil předpokládaný termín vyřešení.",
        more: |count| format!("Počet dalších požadavků: {count}."),
    },
    reset: ResetWords {
        headline: "Nastavení nového hesla",
        paragraphs: [
            "Někdo, pravděpodobně Vy, požádal o nové heslo k této adrese.",
            "Nastavíte si ho pomocí odkazu níže. Odkaz platí jednu hodinu a lze ho použít jen jednou.",
            "Pokud jste o nové heslo nežádali, tuto zprávu ignorujte: nic se nezmění.",
        ],
        open: "Nastavit nové heslo",
    },
    password_set: PasswordSetWords {
        headline: "Vaše heslo bylo změněno",
        paragraphs: [
            "K Vašemu účtu bylo nastaveno nové heslo. Všechna dřívější přihlášení byla ukončena.",
            "Pokud jste to nebyli Vy, ihned požádejte o nové heslo a dejte vědět podpoře: Vaši poštu možná čte někdo jiný.",
        ],
    },
};

fn saying(notice: Notice) -> Saying {
    match notice {
        Notice::Acknowledged => {
            Saying::new("Přijato", "Váš požadavek jsme přijali. Jakmile bude něco nového, napíšeme Vám e-mail.")
        }
        Notice::Copied => {
            Saying::new("Kopie", "Byli jste přidáni k tomuto požadavku a budete dostávat kopie všech zpráv.")
        }
        Notice::Assigned => Saying::new("Přiděleno Vám", "Tento požadavek byl přidělen Vám."),
        Notice::Answered => Saying::new("Nová odpověď", "K požadavku přibyla nová odpověď od podpory."),
        Notice::Replied => Saying::new("Nová zpráva", "K požadavku přibyla nová zpráva."),
        Notice::Noted => {
            Saying::new("Interní poznámka", "K požadavku přibyla interní poznámka. Vidí ji jen pracovníci podpory.")
        }
        Notice::Moved => {
            Saying::new("Změna", "U požadavku došlo ke změně. Níže vidíte, v jakém je stavu a kdo ho řeší.")
        }
        Notice::Scheduled => Saying::new("Naplánováno", "Řešení požadavku bylo naplánováno na pozdější dobu."),
        Notice::Resolved => {
            Saying::new("Vyřešeno", "Podle podpory je požadavek vyřešen. Ověřte prosím, zda s řešením souhlasíte.")
        }
        Notice::Reopened => Saying::new("Znovu otevřeno", "Požadavek byl znovu otevřen, protože ještě není vyřešen."),
        Notice::CloseAnnounced => Saying::new(
            "Brzy bude uzavřeno",
            "Požadavek byl vyřešen a nikdo proti řešení nic nenamítl, proto bude brzy uzavřen.",
        ),
        Notice::Closed => Saying::new("Uzavřeno", "Požadavek byl uzavřen."),
        Notice::Canceled => Saying::new("Zrušeno", "Žadatel požadavek zrušil."),
        Notice::AtRisk => Saying::new("Blíží se termín", "Blíží se termín, který byl pro tento požadavek slíben."),
        Notice::Breached => Saying::new("Po termínu", "Termín, který byl pro tento požadavek slíben, nebyl dodržen."),
        Notice::EtaChanged => Saying::new("Nový termín", "Předpokládaný termín vyřešení požadavku se změnil."),
    }
}

/// What is promised, as the subject of a line.
fn promised(metric: Metric) -> &'static str {
    match metric {
        Metric::FirstResponse => "První odpověď",
        Metric::NextResponse => "Odpověď",
        Metric::Resolution => "Vyřešení",
        Metric::Line1 => "Řešení na první linii",
        Metric::Line2 => "Řešení na druhé linii",
    }
}
