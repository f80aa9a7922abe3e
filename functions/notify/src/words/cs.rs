//! Czech. Names stay out of sentences: they would have to be declined.

use domain::notice::Notice;

use super::{Saying, Words};

pub(super) static WORDS: Words = Words {
    greeting: |_name| "Dobrý den,".to_owned(),
    saying,
    closes: |at| format!("Pokud nebude znovu otevřen, automaticky se uzavře {at}."),
    resumes: |at| format!("Jeho řešení bude pokračovat {at}."),
    colon: ": ",
    status: "Stav",
    assignee: "Řeší",
    nobody: "zatím nikdo",
    helpdesk: "Podpora",
    attached: "Přiloženo:",
    open: "Zobrazit požadavek",
    footer: "Tuto zprávu automaticky odeslala technická podpora.",
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
    }
}
