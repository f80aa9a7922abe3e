//! Chinese, in simplified characters.

use domain::notice::Notice;
use domain::sla::Metric;

use super::{DigestWords, PasswordSetWords, ResetWords, Saying, Words};

pub(super) static WORDS: Words = Words {
    greeting: |name| format!("{name}，您好："),
    saying,
    closes: |at| format!("如未重新打开，工单将于{at}自动关闭。"),
    resumes: |at| format!("工单将于{at}继续处理。"),
    expected: |at| format!("预计解决时间：{at}。"),
    due: |metric, at| format!("{}，时限：{at}。", promised(metric)),
    colon: "：",
    status: "状态",
    assignee: "负责人",
    nobody: "暂无",
    helpdesk: "服务台",
    attached: "附件：",
    open: "查看工单",
    footer: "此邮件由服务台自动发送。",
    digest: DigestWords {
        headline: |count| format!("{count} 个工单的预计时间变更"),
        sentence: "以下工单的预计解决时间已变更。",
        more: |count| format!("另有 {count} 个工单。"),
    },
    reset: ResetWords {
        headline: "设置新密码",
        paragraphs: [
            "有人（可能是您本人）为此邮箱地址申请了新密码。",
            "请通过下面的链接设置新密码。链接一小时内有效，且只能使用一次。",
            "如果您没有提出申请，请忽略此邮件，您的密码不会改变。",
        ],
        open: "设置新密码",
    },
    password_set: PasswordSetWords {
        headline: "您的密码已更改",
        paragraphs: [
            "您的账户已设置新密码，此前的登录均已退出。",
            "如果不是您本人操作，请立即申请新密码并告知服务台：可能有他人能查看您的邮件。",
        ],
    },
};

fn saying(notice: Notice) -> Saying {
    match notice {
        Notice::Acknowledged => Saying::new("已收到", "我们已收到您的工单，如有进展将通过邮件通知您。"),
        Notice::Copied => Saying::new("抄送", "您已被加入此工单的抄送名单，今后的消息都会抄送给您。"),
        Notice::Assigned => Saying::new("已分派给您", "此工单已分派给您。"),
        Notice::Answered => Saying::new("新答复", "服务台对此工单作出了新的答复。"),
        Notice::Replied => Saying::new("新回复", "此工单有一条新的回复。"),
        Notice::Noted => Saying::new("内部备注", "同事添加了一条内部备注，仅服务台人员可见。"),
        Notice::Moved => Saying::new("工单更新", "此工单有新的变化，当前状态和负责人如下。"),
        Notice::Scheduled => Saying::new("已排期", "此工单已安排在稍后的日期处理。"),
        Notice::Resolved => Saying::new("已解决", "服务台认为此工单已经解决，请您确认。"),
        Notice::Reopened => Saying::new("已重新打开", "此工单尚未解决，已重新打开。"),
        Notice::CloseAnnounced => Saying::new("即将关闭", "此工单已解决且无人提出异议，即将关闭。"),
        Notice::Closed => Saying::new("已关闭", "此工单已关闭。"),
        Notice::Canceled => Saying::new("已撤销", "此工单已由提单人撤销。"),
        Notice::AtRisk => Saying::new("即将超时", "此工单的承诺时限即将到期。"),
        Notice::Breached => Saying::new("已超时", "此工单有一项承诺未能按时兑现。"),
        Notice::EtaChanged => Saying::new("预计时间变更", "此工单的预计解决时间已变更。"),
    }
}

/// What is promised, as the subject of a line.
fn promised(metric: Metric) -> &'static str {
    match metric {
        Metric::FirstResponse => "首次答复",
        Metric::NextResponse => "答复",
        Metric::Resolution => "解决",
        Metric::Line1 => "一线处理",
        Metric::Line2 => "二线处理",
    }
}
