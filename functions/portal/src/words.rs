//! What is written on the pages beside what people wrote, in every language.

pub(crate) mod password;

use domain::person::Locale;
use serde::Serialize;

/// The words of one language, as the template names them.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Words {
    pub(crate) next: &'static str,
    pub(crate) you: &'static str,
    pub(crate) helpdesk: &'static str,
    pub(crate) requester: &'static str,
    /// An author whose name is not known any more.
    pub(crate) participant: &'static str,
    /// Who acts next on a ticket that has ended.
    pub(crate) nobody: &'static str,
    pub(crate) assignee: &'static str,
    /// Stands for the assignee while there is none.
    pub(crate) unassigned: &'static str,
    pub(crate) service: &'static str,
    pub(crate) category: &'static str,
    pub(crate) opened: &'static str,
    pub(crate) updated: &'static str,
    /// Labels when a solution may be expected.
    pub(crate) expected: &'static str,
    pub(crate) resumes: &'static str,
    pub(crate) closes: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) description: &'static str,
    /// Labels the names of the files beside a text.
    pub(crate) files: &'static str,
    pub(crate) dialogue: &'static str,
    /// Stands for a dialogue in which nobody has spoken.
    pub(crate) silence: &'static str,
    pub(crate) older: &'static str,
    pub(crate) edited: &'static str,
    pub(crate) footer: &'static str,
}

static ENGLISH: Words = Words {
    next: "Next to act",
    you: "You",
    helpdesk: "Helpdesk",
    requester: "Requester",
    participant: "Participant",
    nobody: "Nobody",
    assignee: "In charge",
    unassigned: "Nobody yet",
    service: "Service",
    category: "Category",
    opened: "Opened",
    updated: "Last change",
    expected: "Solution expected",
    resumes: "Work continues",
    closes: "Closes by itself",
    closed: "Ended",
    description: "Description",
    files: "Attached files",
    dialogue: "Dialogue",
    silence: "Nobody has answered yet.",
    older: "Older messages are not shown here.",
    edited: "edited",
    footer: "This page is meant for the person who received the mail. Please do not pass its address on.",
};

static CZECH: Words = Words {
    next: "Na tahu",
    you: "Vy",
    helpdesk: "Podpora",
    requester: "Žadatel",
    participant: "Účastník",
    nobody: "Nikdo",
    assignee: "Řeší",
    unassigned: "Zatím nikdo",
    service: "Služba",
    category: "Kategorie",
    opened: "Vytvořeno",
    updated: "Poslední změna",
    expected: "Předpokládaný termín vyřešení",
    resumes: "Řešení bude pokračovat",
    closes: "Automaticky se uzavře",
    closed: "Ukončeno",
    description: "Popis",
    files: "Přiložené soubory",
    dialogue: "Komunikace",
    silence: "Zatím nikdo neodpověděl.",
    older: "Starší zprávy se zde nezobrazují.",
    edited: "upraveno",
    footer: "Tato stránka je určena příjemci e-mailu. Její adresu prosím nikomu nepředávejte.",
};

static CHINESE: Words = Words {
    next: "下一步",
    you: "您",
    helpdesk: "服务台",
    requester: "提单人",
    participant: "参与者",
    nobody: "无",
    assignee: "负责人",
    unassigned: "暂无",
    service: "服务",
    category: "类别",
    opened: "创建时间",
    updated: "最近更新",
    expected: "预计解决时间",
    resumes: "继续处理时间",
    closes: "自动关闭时间",
    closed: "结束时间",
    description: "描述",
    files: "附件",
    dialogue: "沟通记录",
    silence: "暂无回复。",
    older: "此处不显示更早的消息。",
    edited: "已编辑",
    footer: "此页面仅供邮件收件人查看，请勿转发其网址。",
};

/// The words of a language.
pub(crate) fn words(locale: Locale) -> &'static Words {
    in_language(locale, [&ENGLISH, &CZECH, &CHINESE])
}

/// Which of these belongs to a language.
fn in_language<T>(locale: Locale, [english, czech, chinese]: [&'static T; 3]) -> &'static T {
    match locale {
        Locale::En => english,
        Locale::Cs => czech,
        Locale::Zh => chinese,
    }
}
