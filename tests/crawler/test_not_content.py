# ruff: noqa: E501 - pages as hosts send them, one a line
"""Answers that are no report, as vendors of firewalls, servers and portals send them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.ask import Ask
from crawler.discovery.page import Page
from crawler.model import CrawlOptions, Portal, PortalSummary
from crawler.state import PortalState
from crawler.verdict import not_content, settle

TITLE = "云溪县2021年政府信息公开工作年度报告"
HOME = "http://www.example.gov.cn/"
URL = f"{HOME}zwgk/t20220101_1.html"
MENU = '<div class="header"><a href=/>首页</a><a href=/zwgk/>政务公开</a><a href=/xw/>新闻中心</a></div>'
FOOT = '<div class="footer">云溪县人民政府主办 网站标识码3207000001 苏ICP备05000000号 地址：某某路1号 技术支持：某某公司</div>'
ANSWERS: dict[str, tuple[int, str | None, str]] = {
    "jsl 521": (
        521,
        "challenge",
        "<script>document.cookie=('__jsl_clearance_s=1|x');location.href=location.pathname</script>",
    ),
    "jsl 200": (
        200,
        "challenge",
        "<script>document.cookie='__jsl_clearance_s=1|0|x';location.href=location.pathname+location.search</script>",
    ),
    "ruishu 412": (
        412,
        "challenge",
        "<html><head><meta content='x'><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1</script></head><body></body></html>",
    ),
    "ruishu 200": (
        200,
        "challenge",
        "<html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1</script></head><body></body></html>",
    ),
    "acw": (
        200,
        "challenge",
        "<html><script>var arg1='4C3';function setCookie(n,v){document.cookie=n+'='+v+';expires'}function reload(x){setCookie('acw_sc__v2',x);document.location.reload()}</script></html>",
    ),
    "yunsuo": (
        200,
        "challenge",
        "<html><script>function YunSuoAutoJump(){document.cookie='security_session_verify=x';self.location='/?security_verify_data=31'}</script><body onload='YunSuoAutoJump()'></body></html>",
    ),
    "safeline": (
        468,
        "challenge",
        "<html><head><title>雷池</title></head><body><p>正在确认你是不是机器人</p><script src='/.safeline/challenge.js'></script></body></html>",
    ),
    "safeline403": (
        403,
        "block",
        "<html><body><h1>403</h1><p>请求存在恶意行为，已被管理员拦截</p><a href='https://waf-ce.chaitin.cn'>安全检测能力由 长亭雷池 WAF 驱动</a></body></html>",
    ),
    "aliyun405": (
        405,
        "block",
        "<html><body><div>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</div><div>您的请求ID是: 7b1</div></body></html>",
    ),
    "360": (
        200,
        "block",
        "<html><head><title>网站防火墙</title></head><body>您的请求带有不合法参数，已被网站管理员设置拦截！可能原因：您提交的内容包含危险的攻击请求</body></html>",
    ),
    "safedog": (
        200,
        "block",
        "<html><title>网站防火墙</title><body><h1>网站防火墙</h1>您的请求带有不合法的参数，已被网站管理员设置拦截！如何解决：检查提交内容；如网站托管，请联系空间提供商</body></html>",
    ),
    "d盾": (
        200,
        "block",
        "<html><body>您的IP：1.2.3.4，D盾拦截提示：访问异常，疑似攻击</body></html>",
    ),
    "cloudflare": (
        503,
        "challenge",
        "<html><head><title>Just a moment...</title></head><body>Checking your browser before accessing</body></html>",
    ),
    "cf2": (
        403,
        "block",
        "<html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked</body></html>",
    ),
    "freq": (200, "block", "<html><body>访问过于频繁，请稍后再试</body></html>"),
    "freq2": (200, "block", "<html><body>您的操作太频繁了，请休息一会儿再来</body></html>"),
    "freq3": (
        200,
        "block",
        "<html><body>系统检测到您的访问次数过多，请5分钟后再访问！</body></html>",
    ),
    "ip": (200, "block", "<html><body>您所在的地区或IP暂不允许访问本网站</body></html>"),
    "captcha": (
        200,
        "challenge",
        "<html><title>验证码</title><body><p>请输入图中验证码后继续访问</p><img src=/vc.jpg><input name=c></body></html>",
    ),
    "slide": (200, "challenge", "<html><body>请按住滑块，拖动到最右边</body></html>"),
    "login": (
        200,
        "login",
        "<html><body><form action=/login>用户名<input name=u>密码<input type=password></form></body></html>",
    ),
    "login sso": (
        200,
        "login",
        "<html><title>统一身份认证平台</title><body><h1>统一身份认证</h1><form><input type=text placeholder=账号><input type=password></form></body></html>",
    ),
    "login text": (
        200,
        "login",
        "<html><body><p>您还没有登录，请先登录后再访问</p><a href=/login>登录</a></body></html>",
    ),
    "maint": (
        200,
        "maintenance",
        "<html><body><h1>网站维护公告</h1><p>因系统升级，本网站于2026年11月20日至22日暂停服务，敬请谅解。</p></body></html>",
    ),
    "maint2": (
        200,
        "maintenance",
        "<html><title>系统维护中</title><body>系统正在升级维护，请稍后访问</body></html>",
    ),
    "maint3 menu": (
        200,
        "maintenance",
        f"<html><title>{TITLE}</title><body>{MENU}<h2>栏目建设中</h2>{FOOT}</body></html>",
    ),
    "gone": (
        200,
        "soft 404",
        f"<html><title>提示信息</title><body>{MENU}<div>对不起，您访问的页面不存在或已删除！5秒后返回首页</div>{FOOT}</body></html>",
    ),
    "gone2": (200, "soft 404", "<html><title>404</title><body>抱歉！页面走丢了~</body></html>"),
    "gone3": (200, "soft 404", "<html><body>该信息不存在或未审核</body></html>"),
    "gone4": (200, "soft 404", "<html><body>您要查看的文章已被撤稿</body></html>"),
    "gone5": (
        200,
        "empty shell",
        "<html><body><script>alert('参数错误！');history.back();</script></body></html>",
    ),
    "gone6": (
        200,
        "empty shell",
        "<html><body><script>alert('该信息已删除');window.location='/';</script></body></html>",
    ),
    "gone7": (
        200,
        "soft 404",
        "<html><title>出错了</title><body>HTTP Status 500 - Internal error java.lang.NullPointerException</body></html>",
    ),
    "gone8": (
        200,
        "soft 404",
        "<html><body>Server Error in '/' Application. Runtime Error</body></html>",
    ),
    "gone9": (200, "soft 404", "<html><body>暂无内容</body></html>"),
    "gone10 long menu": (
        200,
        "soft 404",
        f"<html><title>云溪县人民政府</title><body>{MENU * 30}<div class=content>抱歉，您访问的页面找不到了</div>{FOOT * 6}</body></html>",
    ),
    "iis": (
        200,
        "soft 404",
        "<html><title>IIS7</title><body><a href='http://go.microsoft.com/'><img src=welcome.png></a></body></html>",
    ),
    "nginx": (
        200,
        "soft 404",
        "<html><title>Welcome to nginx!</title><body><h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully installed and working.</p></body></html>",
    ),
    "shell title": (
        200,
        "empty shell",
        f"<html><title>{TITLE}</title><body>{MENU}<h1>{TITLE}</h1><p>发布时间：2022-01-15 来源：县政府办 浏览次数：<span id=c></span></p><div id=content></div><script>load()</script>{FOOT}</body></html>",
    ),
    "shell vue": (
        200,
        "empty shell",
        f"<html><title>{TITLE}</title><body><noscript>We're sorry but portal doesn't work properly without JavaScript enabled. Please enable it to continue.</noscript><div id=app></div><script src=/a.js></script></body></html>",
    ),
    "shell noscript": (
        200,
        "empty shell",
        f"<html><title>{TITLE}</title><body>{MENU}<h1>{TITLE}</h1><div id=content></div>{FOOT}</body></html>",
    ),
    "shell divmenu": (
        200,
        "empty shell",
        f"<html><title>{TITLE}</title><body><div class=wrap><ul><li><a>首页</a></li></ul><div class=bt>{TITLE}</div><div class=xx>发布日期：2022-01-15　来源：云溪县人民政府办公室　字体：[大 中 小]　浏览次数：</div><div class=nr></div></div><script>x</script><div class=dibu>主办：云溪县人民政府办公室 承办：云溪县大数据局 苏ICP备050000号 网站标识码：3200000001</div></body></html>",
    ),
    "loading": (
        200,
        "empty shell",
        f"<html><title>{TITLE}</title><body>{MENU}<h1>{TITLE}</h1><div id=content>正在加载，请稍候...</div><script>load()</script></body></html>",
    ),
    "OK text": (
        200,
        None,
        f"<html><title>{TITLE}</title><body>{MENU}<h1>{TITLE}</h1><div id=c><p>根据条例要求，现公布本报告。一、总体情况 2021年我县主动公开信息1200条，依法办理各类申请。</p></div><script>x</script>{FOOT}</body></html>",
    ),
    "OK file": (
        200,
        None,
        f"<html><title>{TITLE}</title><body>{MENU}<h1>{TITLE}</h1><a href=/f/1.pdf>附件</a><script>x</script>{FOOT}</body></html>",
    ),
    "OK picture": (
        200,
        None,
        f"<html><title>{TITLE}</title><body>{MENU}<h1>{TITLE}</h1><div class=xx><img src=/upload/202201151020.jpg></div><script>x</script>{FOOT}</body></html>",
    ),
    "OK iframe": (
        200,
        None,
        f"<html><title>{TITLE}</title><body><h1>{TITLE}</h1><iframe src=/x.html></iframe><script>x</script></body></html>",
    ),
    "OK mentions": (
        200,
        None,
        f"<html><title>{TITLE}</title><body><h1>{TITLE}</h1><p>{'网站维护和升级改造工作有序推进，访问频繁。' * 60}</p></body></html>",
    ),
}


def known() -> PortalState:
    portal = Portal("p", None, "云溪县", HOME)
    return PortalState(portal, CrawlOptions(), PortalSummary(portal), {"example.gov.cn"})


@pytest.mark.parametrize(("status", "reason", "markup"), ANSWERS.values(), ids=ANSWERS.keys())
def test_why_an_answer_is_no_report(status: int, reason: str | None, markup: str) -> None:
    ask = Ask("p", URL, "report", text=TITLE)
    assert not_content(ask, known(), status, Page(URL, markup)) == reason


def test_a_page_of_text_is_a_report_by_its_title() -> None:
    status, _, markup = ANSWERS["OK text"]
    assert status == 200
    assert settle(Ask("p", URL, "either", text=TITLE), Page(URL, markup)) == "report"


SEEDS = sorted((Path(__file__).parents[2].parent / "shared" / "seeds").glob("*.txt"))


@pytest.mark.skipif(not SEEDS, reason="the recorded reports are not here")
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: str(seed.name)[:3])
def test_the_text_of_a_real_report_is_one(seed: Path) -> None:
    lines = seed.read_text("utf-8").splitlines()
    body = "".join(f"<p>{line}</p>" for line in lines if line.strip())
    page = Page(URL, f"<html><body>{MENU}{body}<script>x()</script>{FOOT}</body></html>")
    ask = Ask("p", URL, "either", text="年度报告")
    assert not_content(ask, known(), 200, page) is None
    assert settle(ask, page) == "report"
