"""The help of the shell's commands in Chinese, by the English words."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "A city to look at: real cases of 2020 and an invented district. Made once, and then kept.": (
        "可供观看的城市：2020年的真实病例和一个虚构的区。只建一次，之后保留。"
    ),
    "Folder of the demonstration; made when missing.": "演示的目录；没有则新建。",
    "Make it and stop; serve nothing.": "建好即止，不提供网页。",
    "Throw away what was recorded in it, and make it anew.": "丢弃其中所记，重新建立。",
    "Pages and jobs, until SIGTERM or Ctrl-C: requests in flight are finished first.": (
        "网页和后台任务，直到SIGTERM或Ctrl-C；正在处理的请求先办完。"
    ),
    "Address to listen on.": "监听地址。",
    "Port to listen on.": "监听端口。",
    "Requests answered at the same time.": "同时处理的请求数。",
    "Bring the tables up to this version first (needs the owner).": (
        "先把数据表升级到本版本（须以所有者身份）。"
    ),
    "Pages only; jobs run elsewhere by `sizao work`.": "只提供网页；后台任务另由 sizao work 运行。",
    "The jobs, which keep the ledger up to the facts, until SIGTERM or Ctrl-C; one in hand is finished.": (
        "后台任务：使台账跟上事实。直到SIGTERM或Ctrl-C；手上的任务先办完。"
    ),
    "Stop the embedded PostgreSQL of the data folder, whoever left it running.": (
        "停止数据目录中的内置PostgreSQL，无论由谁启动。"
    ),
    "Bring tables, roles, grants and row policies up to this version, as the owner of the tables.": (
        "把数据表、角色、授权和行级策略升级到本版本；以数据表所有者身份登录。"
    ),
    "What is wrong with this installation, and what to do about it; exit code 1 when something is.": (
        "检查本安装有何问题、怎么办；有问题时退出码为1。"
    ),
    "List only what is wrong.": "只列出有问题的。",
    "Accounts and what they are assigned to.": "账号及其职责。",
    "The audit: verify it, see who read about whom.": "审计：核对，查谁看过谁。",
    "Folder or file of the witness, instead of SIZAO_WITNESS.": "见证处的目录或文件，代替SIZAO_WITNESS。",
    "Do without the witness; what then cannot be known is said.": "不核对见证处；因此查不出的会写明。",
    "File of public keys, one a line, instead of our own (see sizao audit key).": (
        "公钥文件，每行一个，代替本安装的公钥（见sizao audit key）。"
    ),
    "Find out whether the audit is what it was; exit code 1 when something was done to it.": (
        "核对审计是否仍是当初的样子；被动过时退出码为1。"
    ),
    "Chain at once what was written, and tell the witness; the jobs do so every minute.": (
        "立即把已写的记录入链并告知见证处；后台任务每分钟做一次。"
    ),
    "Which backup was restored, by whom, and why.": "恢复了哪个备份，谁恢复的，为什么。",
    "Say to the witness that this database was restored from a backup, where `sizao restore` could not.": (
        "告知见证处本库由备份恢复而来（sizao restore未能告知时）。"
    ),
    "The public keys by which somebody else verifies what this installation signed.": (
        "公钥：供他人核对本安装的签名。"
    ),
    "Account of who asks: supervision, or an administrator.": "查询人的账号：督导，或账号管理员。",
    "What for; one of the purposes of that duty.": "目的；须为该职责的目的之一。",
    "About this person, place or record.": "关于此人、此场所或此记录。",
    "What this account did.": "此账号所为。",
    "On this day of the city, as 2020-06-18.": "本市的这一天，写作2020-06-18。",
    "Who read or wrote about whom. The asking is an entry of its own, under the account that asks.": (
        "谁看过、写过谁。查询本身也记入审计，记在查询人账号下。"
    ),
    "Name to sign in with.": "登录名。",
    "Duty, such as community or administrator.": "职责，如community或administrator。",
    "Area of the duty, as the facts name it.": "职责的地区（事实中的写法）。",
    "Office or place of the duty, as the facts name it.": "职责所属的机构或场所（事实中的写法）。",
    "Name as shown in Chinese.": "中文显示名。",
    "Name as shown in English.": "英文显示名。",
    "Address for messages.": "接收消息的邮箱。",
    "Make an account; asks for the password or reads it from a pipe. With --role and --area its duty too.": (
        "建立账号；询问密码，或从管道读取。带--role和--area则同时赋予职责。"
    ),
    "Give an account a duty from now on.": "从现在起赋予账号一项职责。",
    "End every duty of an account and let nobody sign in with it; what it recorded stays.": (
        "终止账号的全部职责并停止其登录；其所记内容保留。"
    ),
    "Set a new password for who has lost theirs; asks for it, or reads it from a pipe.": (
        "为忘记密码的人设新密码；询问密码，或从管道读取。"
    ),
    "Every account with its duties in force.": "全部账号及其现任职责。",
    "Partners that send by machine, and their keys.": "以接口发送数据的接入方及其密钥。",
    "Name of the partner, as it stands on its facts.": "接入方名称，即其事实的来源系统。",
    "What names the key: the part after szk_.": "密钥的名称：szk_之后的一段。",
    "Days that the key holds, 90 at most.": "密钥有效天数，最多90天。",
    "Duty, such as laboratory or county_hospital.": "职责，如laboratory或county_hospital。",
    "Requests in a minute.": "每分钟请求数。",
    "Requests in a day.": "每天请求数。",
    "Make a partner with a duty of its own; then give it a key.": "建立接入方及其职责；随后发给密钥。",
    "A fact the key gives; once for each.": "密钥可登记的事实；每种写一次。",
    "Issue a key for some facts; it is printed this once.": "为若干事实签发密钥；只显示这一次。",
    "Days that the old key still holds.": "旧密钥继续有效的天数。",
    "Exchange a key for a new one for the same facts; both hold for the days of the overlap.": (
        "换发同样事实的新密钥；重叠期内新旧都有效。"
    ),
    "End a key at once.": "立即撤销密钥。",
    "Every partner with its keys: for what, until when, when last used.": (
        "全部接入方及其密钥：用途、期限、最后使用。"
    ),
    "What is removed when its time is over.": "到期删除。",
    "Say what would go; remove nothing.": "只说明将删除什么，不删除。",
    "Remove although the clock was in doubt: somebody looked.": "时钟曾可疑，已有人核实，仍予删除。",
    "Number of the person, or name of the stream.": "人员编号，或流的名称。",
    "Remove everything whose time is over, and say how many rows of which table went.": (
        "删除所有到期内容，并说明各表删除了多少行。"
    ),
    "How long what is kept, and what the last runs removed.": "各类内容保存多久，最近几次删除了什么。",
    "person or stream.": "person（人员）或stream（流）。",
    "Day on which the hold ends, such as 2027-03-31.": "保留终止日，如2027-03-31。",
    "The law or order that demands it.": "所依据的法律或命令。",
    "The authority that ordered it.": "下令的机关。",
    "Keep everything of a person, or a stream, until a day: a law or an order demands it.": (
        "依法律或命令，将某人或某流的全部内容保留至某日。"
    ),
    "Check-ins and temperatures: staging and lake.": "扫码登记和测温记录：暂存表和数据湖。",
    "Rows staged and in the lake, days, files, and when rows were last moved.": (
        "暂存和湖中的行数、日期、文件，以及最近移动的时间。"
    ),
    "Read every file of the lake and count every batch; exit code 1 when something is missing.": (
        "读取湖中每个文件，清点每个批次；有缺失时退出码为1。"
    ),
    "Number of the batch.": "批次编号。",
    "Let a parked batch be tried again, after what was wrong is right.": "问题解决后，让搁置的批次再次移动。",
    "Write a backup, restore it into a database of its own and compare every row; only then it is there.": (
        "写出备份，恢复到单独的库并逐行比较；无差异才算完成。"
    ),
    "Fill an empty database from a backup, compare every row, and bring it up to this version.": (
        "用备份填充空库，逐行比较，并升级到本版本。"
    ),
    "Whom the tables are to belong to, where we sign in as another.": (
        "数据表应归谁所有（与登录用户不同时）。"
    ),
    "The backup; its contents stand beside it in FILE.json.": "备份文件；内容清单在旁边的FILE.json中。",
    "New secrets, as lines for the environment. Nothing is stored; keep a copy of the key of names apart.": (
        "生成新的密钥，可直接写入环境变量。不作保存；姓名密钥请另行留存一份。"
    ),
    "Only this one: SECRET, IDENTITY_KEY or SIGNING_KEY.": "只要这一个：SECRET、IDENTITY_KEY或SIGNING_KEY。",
}
