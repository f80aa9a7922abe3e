//! What is written where a password is set, in every language.

use domain::person::Locale;
use serde::Serialize;

/// The words of one language, as the templates name them.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Words {
    pub(crate) title: &'static str,
    /// Tells whoever becomes the first admin.
    pub(crate) founds: &'static str,
    /// What follows from setting a password.
    pub(crate) note: &'static str,
    pub(crate) address: &'static str,
    pub(crate) password: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) button: &'static str,
    pub(crate) too_short: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) footer: &'static str,
    /// The title once it is set.
    pub(crate) done: &'static str,
    /// What can be done then.
    pub(crate) next: &'static str,
}

static ENGLISH: Words = Words {
    title: "Set a new password",
    founds: "You become the first administrator of this helpdesk.",
    note: "Whoever is signed in with the old password will be signed out.",
    address: "Mail address",
    password: "New password",
    rule: "At least 12 characters, taken exactly as you type them. A few words in a row are easy to remember.",
    button: "Set the password",
    too_short: "This password is too short: it must have at least 12 characters.",
    too_long: "This password is too long: it may have at most 1,024 bytes.",
    footer: "This page is meant for the person who received the mail. If you did not ask for a new password, close it: nothing has changed.",
    done: "The new password is set",
    next: "You can sign in with it now. Whoever was signed in with the old one has been signed out.",
};

static CZECH: Words = Words {
    title: "Nastavení nového hesla",
    founds: "Stanete se prvním správcem této podpory.",
    note: "Kdo je přihlášen starým heslem, bude odhlášen.",
    address: "E-mailová adresa",
    password: "Nové heslo",
    rule: "Nejméně 12 znaků, přesně tak, jak je napíšete. Několik slov za sebou se dobře pamatuje.",
    button: "Nastavit heslo",
    too_short: "Toto heslo je příliš krátké: musí mít nejméně 12 znaků.",
    too_long: "Toto heslo je příliš dlouhé: smí mít nejvýše 1 024 bajtů.",
    footer: "Tato stránka je určena příjemci e-mailu. Pokud jste o nové heslo nežádali, zavřete ji: nic se nezměnilo.",
    done: "Nové heslo je nastaveno",
    next: "Nyní se s ním můžete přihlásit. Kdo byl přihlášen starým heslem, byl odhlášen.",
};

static CHINESE: Words = Words {
    title: "设置新密码",
    founds: "您将成为此服务台的第一位管理员。",
    note: "使用旧密码的所有登录都将退出。",
    address: "邮箱地址",
    password: "新密码",
    rule: "至少 12 个字符，完全按您输入的内容保存。几个连在一起的词语便于记忆。",
    button: "设置密码",
    too_short: "密码太短：至少需要 12 个字符。",
    too_long: "密码太长：最多 1,024 字节。",
    footer: "此页面仅供邮件收件人查看。如果您没有申请新密码，请关闭此页面：一切都没有改变。",
    done: "新密码已设置",
    next: "您现在可以使用新密码登录。使用旧密码的所有登录均已退出。",
};

/// The words of a language.
pub(crate) fn words(locale: Locale) -> &'static Words {
    super::in_language(locale, [&ENGLISH, &CZECH, &CHINESE])
}
