"""Answers that are not content: challenges, blocks, log-ins, and pages that say "gone" with 200."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discovery.page import once, squeeze
from crawler.discovery.words import is_truncated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.discovery.page import Page

_SHORT = 600
"""Visible characters below which a sentence such as 页面不存在 is what the page is about."""
_SHORT_OWN = 150
"""The same without menus, headings and what frames the site."""
_ENOUGH_OWN = 400
_SHELL = 40
"""Visible characters below which a page shows nothing without its scripts."""
_CHALLENGE_MARKS = re.compile(
    r"__jsl_clearance|\$_ts\s*=|_\$\w{2,4}\(|acw_sc__v2|yunsuo_session|cf-chl|challenge-platform"
    r"|document\.cookie\s*=.{0,200}location|waf_|aliyun_waf|safeline|/WZWS|wzwschallenge|safedog",
    re.IGNORECASE | re.DOTALL,
)
_CHALLENGE_TEXT = re.compile(
    r"安全验证|访问验证|人机验证|滑动验证|(?:拖动|按住|滑动).{0,2}滑块|(?:是不是|是否为?)机器人|请完成.{0,6}验证|输入.{0,8}验证码|正在进行.{0,6}检测"
    r"|enable javascript and cookies|checking your browser|verify you are human",
    re.IGNORECASE,
)
_BLOCK_TEXT = re.compile(
    r"(?:访问|请求|操作)(?:过于|太)?频繁|访问被(?:拒绝|阻断|拦截)|您的访问.{0,8}(?:异常|威胁)"
    r"|(?:请求|IP).{0,10}(?:拦截|封禁|禁止访问)|禁止访问|安全威胁|(?:web应用|网站)防火墙|拦截提示"
    r"|(?:管理员|系统|防火墙).{0,6}拦截|访问次数(?:过多|太多|超过)|恶意(?:请求|访问|攻击|行为)"
    r"|(?:地区|IP|网络).{0,8}(?:不允许|不能|无法|限制|禁止)访问|been blocked"
    r"|access denied|forbidden|request blocked",
    re.IGNORECASE,
)
_GONE_TEXT = re.compile(
    r"页面不存在|网页不存在|页面(?:未|没有)找到|找不到(?:该|此|您要|相关)?.{0,10}(?:页面|网页|文件|信息|内容)"
    r"|(?:页面|网页|文章|栏目|文件)(?:不存在|(?:已经|已被|已|被)(?:删除|下线|撤销|移除|过期|失效))"
    r"|(?:信息|内容)(?:已经|已被|已|被)(?:删除|下线|撤销|移除)"
    r"|您(?:所)?(?:访问|请求|查看|浏览)的.{0,12}(?:不存在|找不到|未找到|被删除|出错)"
    r"|(?:信息|内容|文章|页面|栏目|数据).{0,4}(?:不存在|未审核|未发布|已?(?:撤稿|撤回|撤销|屏蔽|下架))|走丢了"
    r"|(?:文章|信息|内容)已被.{0,4}(?:撤|删|屏蔽)|^\W*暂无(?:相关)?(?:内容|信息|数据|记录)\W*$"
    r"|server error in '|runtime error|internal server error|http status [45]\d\d"
    r"|welcome to (?:nginx|openresty|iis)|\biis ?\d|apache.{0,20}test page|it works!"
    r"|404\s*(?:not found|错误|error)"
    r"|无法(?:显示|访问|找到)(?:该|此)?.{0,4}(?:网页|页面)|page not found|not found on this server",
    re.IGNORECASE,
)
_GONE_TITLE = re.compile(
    r"^\W*(?:404|页面不存在|页面找不到|找不到页面|出错|错误提示|error|not found)", re.IGNORECASE
)
_LOGIN_TEXT = re.compile(
    r"请先?登[录陆]|(?:还没有?|尚未|没有|未)登[录陆]|登[录陆](?:后|才)(?:可|能|再)"
)
_LOGIN_PATH = re.compile(r"/(?:login|signin|sso|cas|passport|user/login)\b", re.IGNORECASE)
_MAINTENANCE_TEXT = re.compile(
    r"(?:网站|系统|平台|服务器?|页面|本站|栏目).{0,12}(?:维护|升级|改版|改造|建设|调整)(?:中|期间|公告|之?中)?"
    r"|正在(?:维护|升级|建设|改版|调整)|(?:暂停|停止)(?:访问|服务)|临时关闭|under maintenance",
    re.IGNORECASE,
)
_MAINTENANCE_SHORT = 200
_AROUND = re.compile(
    r"(?:^|[\s_-])(?:foot|copy|head|nav|menu|crumb|location|logo|share|side|link|top)",
    re.IGNORECASE,
)
_BLOCKS = {"div", "ul", "td", "table", "p", "section", "dl", "ol"}
_DEEPEST = 200
_OUTSIDE = {
    *("script", "style", "noscript", "template", "a", "h1", "h2", "select", "title", "button"),
    *("footer", "header", "nav", "head"),
}
_IMPRINT = re.compile(
    r"主办|承办|协办|版权|备案|ICP|网安备|标识码|技术支持|联系电话|邮编|邮政编码|地址[:：]|copyright",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:发布|更新|发文|成文|发稿)?(?:时间|日期|来源|机构|单位|作者|浏览次数|浏览量|点击数|阅读|字号|字体|视力保护色)\s*[:：]?"
    r"|20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{1,2}:\d\d(?::\d\d)?|打印|关闭|分享|大中小|加载中|正在加载"
    r"|请稍候|loading|当前位置|首页",
    re.IGNORECASE,
)
_SECTIONS = re.compile(
    r"总体情况|主动公开政府信息情况|收到和处理政府信息公开申请|行政复议、?(?:提起)?行政诉讼"
    r"|存在的?主要问题|其他需要报告的事项|主动公开情况|依申请公开|政府信息公开工作"
)
_REPORT_SECTIONS = 3
_CUT = re.compile(r"[\s….⋯]+$")
_LEAST_STEM = 6
"""Characters of a title cut short from which a page's heading may complete it."""
_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\xff\xd8\xff",
    b"\x89PNG",
)


@dataclass(frozen=True, slots=True)
class Gone:
    """How a host says "gone" with status 200: the answer to an address that cannot exist."""

    status: int
    url: str
    fingerprint: str


def is_file(body: bytes) -> bool:
    """Whether a body is a file (PDF, Word, picture, archive) rather than a page, by its bytes."""
    start = body[:1024]
    utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    # A stray NUL is in many a page; a file is full of them.
    return start.startswith(_BINARY) or (start.count(b"\0") > len(start) // 50 and not utf16)


def fingerprint(page: Page) -> str:
    """The page's text without what varies from address to address: digits, its own path."""
    return re.sub(r"[0-9a-fA-F]{6,}|\d+", "", page.visible.replace(urlsplit(page.url).path, ""))


def blocked(status: int, page: Page) -> str | None:
    """Whether an answer is a challenge, a block or a log-in instead of the page asked for."""
    short = _says_little(page)
    if short and (_CHALLENGE_TEXT.search(page.visible) or _is_script_challenge(status, page)):
        return "challenge"
    if short and _BLOCK_TEXT.search(page.visible) and not _GONE_TEXT.search(page.visible):
        return "block"
    if _is_login(page):
        return "login"
    if short and len(page.visible) < _MAINTENANCE_SHORT and _MAINTENANCE_TEXT.search(page.visible):
        return "maintenance"
    return None


@once
def own_text(page: Page) -> str:
    """What a page says itself: not its links, its heading, its date, nor what frames the site.

    Of a page that says much the beginning, as it is: whoever asks wants to know whether there is
    anything.
    """
    body = page.tree.find("body")
    said: list[str] = []
    length = 0
    for piece in _own(body) if body is not None else ():
        if (words := piece.strip()) and not _IMPRINT.search(words):
            said.append(words)
            length += len(words)
        if length >= _ENOUGH_OWN:
            return " ".join(said)
    text = _ABOUT.sub(" ", squeeze(" ".join(said)).replace(page.title, " "))
    return re.sub(r"[\s|>»:：·()（）\[\]【】.-]+", "", text)


def _own(element: HtmlElement, depth: int = 0) -> Iterator[str]:
    """The texts of an element outside headings, links, menus, headers and footers."""
    if isinstance(element.tag, str) and element.tag not in _OUTSIDE and depth < _DEEPEST:
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if not (element.tag in _BLOCKS and _AROUND.search(names)):
            yield element.text or ""
            for child in element:
                yield from _own(child, depth + 1)
                yield child.tail or ""


def soft_404(page: Page, probe: Gone | None) -> bool:
    """Whether a page with status 200 says that there is nothing here."""
    if _says_little(page):
        if _GONE_TEXT.search(page.visible) or _GONE_TITLE.search(page.title):
            return True
    elif (  # menus may be long, what stands between them is short
        len(own := own_text(page)) < _SHORT_OWN
        and _GONE_TEXT.search(own)
        and _GONE_TEXT.search(page.visible)
    ):
        return True
    if probe is None or probe.status != HTTPStatus.OK or len(page.visible) < _SHELL:
        return False  # an application answers every address with the same empty shell
    return fingerprint(page) == probe.fingerprint


def went_home(asked: str, answered: str, home: str) -> bool:
    """Whether an address was redirected to the home page, which is how some hosts say "gone"."""
    return asked != answered and is_home(answered, home) and not is_home(asked, home)


def is_home(url: str, home: str) -> bool:
    """Whether an address is the home page of the site."""
    one, two = urlsplit(url), urlsplit(home)
    if one.query or one.hostname != two.hostname:
        return False
    bare = {"", "/", "/index.html", "/index.htm", "/index.shtml", "/index.jsp", "/index.php"}
    return one.path in bare or one.path == two.path


def whole_title(page: Page, text: str) -> str:
    """What a link says in full: its page's own heading where the list cut it short."""
    stem = "".join(_CUT.sub("", text).split())
    if not is_truncated(text) or len(stem) < _LEAST_STEM:
        return text
    headings = [squeeze(one.text_content()) for one in page.tree.iter("h1", "h2", "h3", "h4")]
    for said in (page.title, *headings, *page.visible.split(" ")):
        bare = "".join(said.split())
        at = bare.find(stem)
        if at >= 0 and not is_truncated(bare):
            return bare[at:]
    return text


def reads_as_report(page: Page) -> bool:
    """Whether a page's text is a report on information disclosure by its own headings."""
    return len(set(_SECTIONS.findall(page.visible))) >= _REPORT_SECTIONS


def _is_script_challenge(status: int, page: Page) -> bool:
    odd = status in {202, 400, 403, 405, 412, 418, 503, 521} or not page.visible
    return odd and bool(_CHALLENGE_MARKS.search(page.text[:50_000]))


def _is_login(page: Page) -> bool:
    short = _says_little(page) and len(page.visible) < _MAINTENANCE_SHORT
    if short and _LOGIN_TEXT.search(page.visible):
        return True
    if all((one.get("type") or "").lower() != "password" for one in page.tree.iter("input")):
        return False
    return bool(_LOGIN_PATH.search(urlsplit(page.url).path)) or _says_little(page)


@once
def _says_little(page: Page) -> bool:
    """Whether fewer than `_SHORT` characters are visible; most pages soon show more."""
    shown = 0
    for element in page.tree.iter("p", "td", "div", "span"):
        shown += len("".join((element.text or "").split()))
        if shown >= _SHORT:
            return False
    return len(page.visible) < _SHORT
