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
    "Only this one: SECRET or IDENTITY_KEY.": "只要这一个：SECRET或IDENTITY_KEY。",
}
