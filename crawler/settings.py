"""Scrapy's settings: what differs from its defaults, and why (the default in brackets)."""

import os

from crawler.session import user_agent

BOT_NAME = "nianbao"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
NIANBAO_DATA = os.environ.get("NIANBAO_DATA", "data")

# Politeness: one request at a time a host, a second apart, by an agent that says who it is.
USER_AGENT = user_agent(os.environ.get("NIANBAO_CONTACT"))
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # [8]
DOWNLOAD_DELAY = 1.0  # [0]
DOWNLOAD_DELAY_JITTER = 0.0  # [0.5] never less than the delay
# A few requests under way for each portal would leave the scheduler before better ones are known;
# with about one a portal the order stays best first. `crawler.run` sets it to the portals' number.
CONCURRENT_REQUESTS = 4  # [16]
CONCURRENT_ITEMS = 4  # [100] measured: 1,000 answers a second against 700
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

# Safety: http(s) only, public addresses only, bounded in size, time and hops.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    # Renders what asks for it by scrapy-playwright; all else is Scrapy's own handler.
    "http": "crawler.browser.handler.BrowserHandler",
    "https": "crawler.browser.handler.BrowserHandler",
}
PLAYWRIGHT_BROWSER_PROVIDER = "crawler.browser.provider.QuietProvider"
PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT = 120_000  # ms [30,000] a page's scripts come politely too
PLAYWRIGHT_MAX_PAGES_PER_CONTEXT = 1
PLAYWRIGHT_PROCESS_REQUEST_HEADERS = None
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"
DNSCACHE_ENABLED = False  # [True] the guard's answer holds for one connection
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # [1 GiB] before and after content decoding
DOWNLOAD_WARNSIZE = 0  # [32 MiB]
DOWNLOADER = "crawler.under_way.RoomyDownloader"  # bounds what all downloads hold together
BYTES_UNDER_WAY = 512 * 1024 * 1024
DOWNLOAD_TIMEOUT = 60  # [180]
REDIRECT_MAX_TIMES = 6  # [20]
METAREFRESH_MAXDELAY = 10  # [100]
METAREFRESH_IGNORE_TAGS = ["script", "noscript"]  # ["noscript"] for telephones, or old browsers
# Many portals' certificates have expired or name another host; plain http is as common. What is
# kept is what the host answered, with its address.
DOWNLOAD_VERIFY_CERTIFICATES = False
HTTPPROXY_ENABLED = False  # [True] behind a proxy the guard would see the proxy's address only
TELNETCONSOLE_ENABLED = False  # [True]
REMOTE_CONTROL_ENABLED = False  # [True]

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the gate knows the hosts
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # nothing is logged in to
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,  # the summary counts
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,  # the archive is the cache
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,  # it asks publicsuffix.org
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # ours: 590
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,  # defaults
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "crawler.middlewares.gate.GateMiddleware": 50,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.defaults.DefaultsMiddleware": 400,
    "crawler.middlewares.replay.ReplayMiddleware": 450,
    "crawler.middlewares.backoff.BackOffMiddleware": 550,
    "crawler.middlewares.tls.OldTlsMiddleware": 560,
    "crawler.middlewares.redirects.OwnHostsRefresh": 580,
    "crawler.middlewares.coding.ArchivedCoding": 590,
    "crawler.middlewares.redirects.OwnHostsRedirect": 600,
    "crawler.middlewares.cookies.HostCookies": 700,
    "crawler.middlewares.writer.ArchiveWriter": 950,
}
SCHEDULER_PRIORITY_QUEUE = "crawler.frontier.HostsInTurn"  # [DownloaderAwarePriorityQueue]
SPIDER_MIDDLEWARES = {  # what nobody here asks them for
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # the verdict says what counts
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # an ask knows its depth
    # It drops requests without a word, and a portal would wait for them for ever; the gate says no.
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
EXTENSIONS = {"crawler.extension.CrawlExtension": 100}
URLLENGTH_LIMIT = 0  # [2083] it drops requests without a word; the gate refuses them aloud
HTTPERROR_ALLOW_ALL = True  # [False] the verdict says what is content
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the explorer knows what it asked
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 300.0
