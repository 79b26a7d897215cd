"""The help of the command in Chinese, by the English words; a test holds that none is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

CHINESE: Mapping[str, str] = {
    "Facts × dated policy → obligations; obligations − evidence → worklists and indicators.": (
        "事实×有日期的规则→任务；任务－证明→工作清单和指标。"
    ),
    "The data dictionary: every fact, or the columns, codes and keys of one.": (
        "数据字典：全部事实，或某一事实的列和代码。"
    ),
    "A fact; without it, all of them are listed.": "某一事实；不写则列出全部。",
    "Everything that is asked: of whom, who owns it, where it is reused.": (
        "全部所问之事：问谁的、归谁管、何处取用。"
    ),
    "Write the result as JSON; instants are UTC.": "以JSON输出；时刻为UTC。",
    "zh or en; without it, as LANG says, else English.": "zh或en；不写则按LANG，否则用英文。",
    "Take a sheet, or a batch of sheets, into a folder of facts: sent = stored + merged + rejected. "
    "A row without known_at becomes known now: asked as of an earlier day, it does not exist yet.": (
        "把一张表或一批表收入事实文件夹：送来＝入库＋合并＋拒收。\n\n"
        "未写known_at的行从现在起知悉；问更早的日子，它尚不存在。"
    ),
    "A sheet (CSV, XLSX …), or a batch file (.yaml) that lists sheets.": (
        "一张表（CSV、XLSX……），或列出多张表的批次文件（.yaml）。"
    ),
    "Folder of facts to add to; made when missing.": "收入的事实文件夹；没有则新建。",
    "The fact whose own columns the sheet has.": "表的列就是这一事实的列。",
    "Mapping file: which column becomes what.": "映射文件：哪一列成为什么。",
    "Folder in which the sheets of a batch stand.": "批次中各表所在的文件夹。",
    "Say what would happen; write nothing.": "只说会怎样，不写入。",
    "How many rows the sender says were sent.": "报送方声明的行数。",
    "Write the receipt there too as JSON; it is kept in DIR/receipts in any case. Rejected rows are listed "
    "in it and are no error.": (
        "把回执另存为JSON放在这里；无论如何都会存入事实文件夹的receipts中。拒收的行列在回执里，不算出错。"
    ),
    "Encoding of the sheet, such as gb18030; else found out.": "表的编码，如gb18030；不写则自动识别。",
    "What separates the columns, such as ';'; else found out.": "列的分隔符，如“;”；不写则自动识别。",
    "Page of a workbook, by its name; without it, the first.": "工作簿中的哪一页（写页名）；不写则第一页。",
    "Zone of clock times and days that state none.": "未注明时区的时间和日期所用的时区。",
    "Area of rows that state none.": "未注明地区的行所用的地区。",
    "Zone of clock times and days that state none; of a batch, in files for which it names none.": (
        "未注明时区的时间和日期所用的时区；批次中用于未写zone的各表。"
    ),
    "Area of rows that state none; of a batch, in files for which it names none.": (
        "未注明地区的行所用的地区；批次中用于未写area的各表。"
    ),
    "Every obligation of a policy for one moment, with its status and reasons, as known at one moment.": (
        "某一时刻一套规则的全部任务，连同状态和理由，按某一时刻所知。"
    ),
    "Folder with one Parquet or CSV file per fact.": "事实文件夹，每个事实一个Parquet或CSV文件。",
    "Folder of the policy pack.": "规则包文件夹。",
    "The moment asked about: 2020-10-20 (its 24:00), '2020-10-20 08:00' in the zone of the pack, or "
    "with a zone: "
    "2020-10-20T08:00+08:00.": (
        "所问时刻：2020-10-20（当日24:00），规则包时区的“2020-10-20 08:00”，"
        "或注明时区的2020-10-20T08:00+08:00。"
    ),
    "Only what was known by then; a day means all of that day. Without it: what was known as of the "
    "moment asked "
    "about.": "只用此前知悉的事实；写日期指当日全天。不写则按所问时刻所知。",
    "Folder to write the four results to, as Parquet.": "四项结果写入的文件夹（Parquet）。",
    "Write the results as CSV beside the Parquet files.": "另以CSV写出结果。",
    "Processors to use; without it, all.": "使用的处理器数；不写则全用。",
    "duckdb, or spark: Spark SQL by Spark Connect.": "duckdb，或 spark（经 Spark Connect 的 Spark SQL）。",
    "With --engine spark: sc://HOST:PORT of a cluster that sees the folder of facts; without it, "
    "Sail in this process.": "与 --engine spark 同用：看得到事实文件夹的集群地址（sc://主机:端口）；"
    "不写则用本进程内的 Sail。",
    "Memory to use, for example 4GB.": "使用的内存，如4GB。",
    "The story of one obligation: what, by whom, when, why, what proves it, and what happens otherwise.": (
        "一项任务的来龙去脉：做什么、谁做、何时、为何、以何为证、不做会怎样。"
    ),
    "Id of an obligation, or its first digits; or fact:key of a line that is not known.": (
        "任务编号或其开头几位；或“不明”一行的事实:键。"
    ),
    "What would change: two packs on the same facts, or one pack at two moments, with the reason of each "
    "difference.": "会有什么变化：同一事实下的两个规则包，或一个规则包的两个时刻，逐项说明原因。",
    "Folder of the pack on the one side.": "一方的规则包文件夹。",
    "The moment asked about; given twice: of A and of B.": "所问时刻；写两次则先A后B。",
    "Folder of the pack on the other side; without it, A at two moments.": (
        "另一方的规则包文件夹；不写则比较A的两个时刻。"
    ),
    "Only what was known by then; given twice: of A and of B.": "只用此前知悉的事实；写两次则先A后B。",
    "Rooms are summed over areas of so many parts of the path; without it, as the quarantine sites are "
    "recorded.": "按地区路径的前几级汇总用房；不写则按隔离点登记的级别。",
    "Folder that `sizao derive --out` wrote: only the rows about whom the obligation is about are derived, "
    "which is quicker.": "sizao derive --out 写出的文件夹：只推导该任务对象的各项任务，更快。",
    "List every warning; without it, one line for each kind.": "逐条列出提请注意之处；不写则每类一行。",
    "How many examples of each reason.": "每种原因举几个例子。",
    "What is to be done, the overdue first, with the totals of the same list.": (
        "待办事项，逾期在前，合计出自同一清单。"
    ),
    "Folder that `sizao derive --out` wrote.": "sizao derive --out 写出的文件夹。",
    "Folder with one file per fact.": "事实文件夹，每个事实一个文件。",
    "The moment asked about; see `sizao derive --help`.": "所问时刻；见 sizao derive --help。",
    "to-do, overdue, upcoming, unowned, unknown, visits or about (with --about).": (
        "to-do待办、overdue逾期、upcoming将到、unowned无人承担、unknown不明、visits上门、about某对象（配--about）。"
    ),
    "Only what this office must do.": "只看该机构的任务。",
    "Only this area and everything below it.": "只看该地区及其下级。",
    "Only what is due before; as --as-of.": "只看在此之前到期的；写法同--as-of。",
    "Only this rule.": "只看该规则。",
    "Only this verb; of visits, more than one.": "只看该动作；上门清单可写多个。",
    "Only this person, place or office.": "只看该人员、场所或机构。",
    "Which page, from 1.": "第几页，从1起。",
    "Lines on a page.": "每页行数。",
    "A share with its counts, the four earlies, or the daily count as known then beside the published one.": (
        "带分子分母的比率、四早，或与公布数并列的当日所知累计数。"
    ),
    "tests, steps, in-place, reports, earlies or daily.": (
        "tests应检尽检、steps按时完成、in-place应隔尽隔、reports报告、earlies四早、daily每日数。"
    ),
    "First day of the window; without it, 14 days back.": "窗口首日；不写则前推14天。",
    "Last day of the window; without it, the day asked about.": "窗口末日；不写则为所问之日。",
    "Group by rule, verb, sector, done_by, area or about_kind.": (
        "按rule、verb、sector、done_by、area或about_kind分组。"
    ),
    "Counts below it, and their complements, are not handed out.": "小于此数的计数及其余数不输出。",
    "Days after onset that count as early: sample=2, report=1 …": "发病后几天内算早：sample=2、report=1……",
    "Which order of the two directives is answered by which rules, facts, indicators and tests.": (
        "两份指令的每一条由哪些规则、事实、指标和测试落实。"
    ),
    "Folder of the policy pack; without it, policies/city-2020-06.": (
        "规则包文件夹；不写则为policies/city-2020-06。"
    ),
    "Take out each rule and each fact in turn: an example must then fail.": (
        "逐一停用每条规则、每种事实：必须有示例因此失败。"
    ),
    "Repository with tests and sample sheets; without it, the one in which the pack lies.": (
        "含测试和样表的代码库；不写则为规则包所在的代码库。"
    ),
    "What a policy costs in a week, by office, subject and area: person-days, tests, visits, forms.": (
        "一套规则每周的负担，按机构、对象和地区：人日、检测、上门、填表。"
    ),
    "A rule as a notice in plain words: who, what, when, what proves it, whom to ask, how to appeal.": (
        "把一条规则写成通告：适用于谁、做什么、何时、何以为证、向谁询问、如何申诉。"
    ),
    "The rule.": "规则。",
    "The text in force on this day; without it, the last one.": "当日施行的文本；不写则为最后一个。",
    "Write it there as HTML to print, in both languages.": "另存为供打印的HTML，两种文字。",
    "First day; without it, the seventh day back from the last.": "首日；不写则为末日前推至第七天。",
    "Last day; without it, the day asked about.": "末日；不写则为所问之日。",
    "Propose grades of areas from counts; look up a grade that was announced.": (
        "由计数拟定区域等级；查询已公告的等级。"
    ),
    "What grade the rules propose for each area and day, each change with what it rests on.": (
        "规则对各区域各日拟定的等级，每次变化附所依据的计数。"
    ),
    "Folder of the pack with the grade rules.": "分级规则所在的规则包文件夹。",
    "Which grade rules of the pack; without it, the only ones.": "包中的哪套分级规则；只有一套时可不写。",
    "Folder of the pack with the colours.": "颜色规则所在的规则包文件夹。",
    "Which set of colours, where the pack has several.": "有多套码规则时，指定用哪一套。",
    "Write all rows to this CSV file.": "把全部行写入这个CSV文件。",
    "Who has which colour of a local code: a projection of what binds them, which changes nothing.": (
        "谁在地方健康码中是什么颜色：只是对现有管控的映射，不改变任何事。"
    ),
    "Folder of the pack with the response levels.": "响应级别所在的规则包文件夹。",
    "A sheet of counts, a row per area and day, instead of facts.": (
        "计数表，每区域每日一行，代替事实文件夹。"
    ),
    "Count the cases on record instead of what areas reported.": "数在案的病例，不用各区域所报的计数。",
    "First day, 2020-06-01.": "首日，如2020-06-01。",
    "Last day, included.": "末日（含）。",
    "Folder to write proposals, daily and rest to, as CSV.": "拟定、逐日等级和其余地区写入的文件夹（CSV）。",
    "The grade of a place on a day as announced; not known where no list covers the day.": (
        "某地某日已公告的等级；名单未覆盖的日子为不明。"
    ),
    "A place in words, or the path of an area.": "地名，或区域路径。",
    "The day asked about.": "所问之日。",
    "The response level of an area on a day: what it switches on, what lapsed, what must be ended.": (
        "某区域某日的响应级别：启动哪些措施，哪些已自行终止，哪些须决定终止。"
    ),
    "Path of the area.": "区域路径。",
    "Match a published list to the areas on record; what fits none, and what contradicts itself, is told.": (
        "把公布的名单对应到在案区域；对应不上的和自相矛盾的都列出。"
    ),
    "A sheet with level, province, city, county, community, first_seen and last_seen.": (
        "有level、province、city、county、community、first_seen、last_seen各列的表。"
    ),
    "Folder for area_grades.csv and unmatched.csv.": "area_grades.csv和unmatched.csv写入的文件夹。",
    "Days that the list covers, 2022-04-15/2022-10-14, both included; may be given again. On these days "
    "everything that is not listed has the lowest grade; on all others the grade is not known.": (
        "名单覆盖的日子，如2022-04-15/2022-10-14（含首尾），可写多次。"
        "这些日子未列出的为最低等级；其余日子为不明。"
    ),
    "The area that the list is about.": "名单所涉的区域。",
    "The grade of what is not listed.": "未列出者的等级。",
    "Office that published the list.": "公布名单的机构。",
    "Check, show, test and prove a policy pack.": "检查、展示、试行和验证规则包。",
    "Folder of rules; without it, the rules that are shipped.": "规则目录；不写则为随附的规则。",
    "List the rules of what can be true; of a folder of one's own say what is wrong with them.": (
        "列出合理性规则；对自己的目录指出其中的错误。"
    ),
    "Say what is wrong with a pack: where, what was found and expected, the nearest word, the fix.": (
        "指出规则包的错误：在哪里、写了什么、应写什么、最接近的词、改法。"
    ),
    "Read a rule aloud in all its texts, or list the rules of a pack.": (
        "念出一条规则的各个文本，或列出全部规则。"
    ),
    "A rule; without it, all are listed.": "某一规则；不写则列出全部。",
    "Run the examples of a pack: what must follow follows, and what must not does not.": (
        "试行规则包的示例：该有的有，不该有的没有。"
    ),
    "Only this rule; may be given again.": "只看该规则；可写多次。",
    "Change each number, date and comparison of a pack by a hair: some example must notice every one.": (
        "把规则包的每个数字、日期和比较各改一点：每处都应有示例发现。"
    ),
}


def translated(command: Any, language: str, more: Mapping[str, str] = MappingProxyType({})) -> Any:
    """The command with its help in the language; English stays. `more`: Chinese of found commands."""
    if language == "zh":
        chinese = {**more, **CHINESE}
        for part in parts(command):
            part.help = chinese.get(_plain(part.help), part.help)
            if getattr(part, "short_help", None):
                part.short_help = chinese.get(_plain(part.short_help), part.short_help)
    return command


def parts(command: Any) -> Iterator[Any]:
    """The command, its parameters and everything below it, as far as it has help."""
    if command.help:
        yield command
    yield from (one for one in command.params if getattr(one, "help", None) and one.name != "help")
    for below in getattr(command, "commands", {}).values():
        yield from parts(below)


def _plain(text: str) -> str:
    return " ".join(text.split())
