"""The commands as a user meets them: exit status, what is printed, and never a traceback."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.citation import STYLES

ROOT = Path(__file__).parents[1]
NIANBAO = Path(sys.executable).with_name("nianbao")
FILES = ROOT / "demo" / "files"
COMMANDS = ("demo", "crawl", "portals", "extract", "build", "run", "serve", "verify", "store",
            "cite", "export", "status", "schedule")  # fmt: skip
NO_PROGRAMS = {"PATH": "/nonexistent"}
"""Neither Chromium nor LibreOffice is found."""
NO_OFFICE = "LibreOffice is not installed, so .doc files cannot be read"


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def problems(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("nianbao: ")]


def nianbao(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Ended:
    process = subprocess.run(
        [NIANBAO, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )
    assert "Traceback" not in process.stderr, process.stderr
    return Ended(process.returncode, process.stdout, process.stderr)


@dataclass
class Pages:
    """A tiny portal: what it answers by path, and what it was asked."""

    answers: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def put(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8") -> None:
        self.answers[path] = (200, kind, body.encode() if isinstance(body, str) else body)


@contextmanager
def portal(pages: Pages) -> Iterator[Pages]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages.asked.append(self.path)
            status, kind, body = pages.answers.get(self.path, (404, "text/html", b"<p>404"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    pages.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield pages
    finally:
        server.shutdown()
        server.server_close()


def crawl(url: str, data: Path, *more: str, env: Mapping[str, str] | None = None) -> Ended:
    options = ("--allow-private", "--delay", "0.01", "--data", str(data))
    return nianbao("crawl", url, *options, *more, env=env)


def encrypted_pdf() -> bytes:
    """One page behind a password nobody knows: the keys are no keys."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = "<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>"
    return (
        f"{body}xref\n0 5\n0000000000 65535 f \n{table}"
        f"trailer\n{trailer}\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode()


# --- wrong use -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "No such command 'nosuch'"),
        (["--nosuch"], "No such option"),
        (["crawl"], "name a place"),
        (["crawl", "南山区"], "440305 广东省深圳市南山区"),
        (["crawl", "999999"], "no place with the code 999999"),
        (["crawl", "不存在区"], "no place named 不存在区"),
        (["crawl", " "], "empty"),
        (["crawl", "file:///etc/passwd"], "must begin with http"),
        (["crawl", "ftp://127.0.0.1/"], "must begin with http"),
        (["crawl", "javascript:alert(1)"], "must begin with http"),
        (["crawl", "http://127.0.0.1:99999/"], "its host or port is wrong"),
        (["crawl", "http://127.0.0.1:port/"], "its host or port is wrong"),
        (["crawl", "http://[::1/"], "its host or port is wrong"),
        (["crawl", "http:///"], "its host or port is wrong"),
        (["crawl", "--delay", "nan", "http://127.0.0.1:9/"], "not a number of seconds"),
        (["crawl", "--delay", "inf", "http://127.0.0.1:9/"], "not in the range"),
        (["crawl", "--max-requests", "0", "http://127.0.0.1:9/"], "not in the range"),
        (["run"], "name a place"),
        (["extract"], "Missing argument"),
        (["serve", "--port", "70000"], "not in the range"),
        (["cite", "a", "--style", "nosuch"], "'gb-t-7714-2025'"),
    ],
)
def test_wrong_use_is_status_2_with_the_commands_own_usage(
    arguments: Sequence[str], said: str, tmp_path: Path
) -> None:
    ended = nianbao(*arguments, cwd=tmp_path)
    command = arguments[0] if arguments[0] in COMMANDS else "[OPTIONS] COMMAND"
    assert ended.status == 2
    assert f"Usage: nianbao {command}" in ended.err
    assert said in ended.err
    assert list(tmp_path.iterdir()) == []


# --- help ----------------------------------------------------------------------------------


def test_help_names_every_command_in_the_order_of_use() -> None:
    lines = nianbao("--help").out.partition("Commands:\n")[2].splitlines()
    assert tuple(line.split()[0] for line in lines) == COMMANDS
    assert not any(line.endswith("...") for line in lines), "no summary is cut off"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_and_says_its_defaults(command: str) -> None:
    ended = nianbao(command, "--help")
    examples = ended.out.partition("Examples:\n")[2].splitlines()
    assert ended.status == 0
    assert examples
    assert all(line.startswith(f"  nianbao {command} ") or line == f"  nianbao {command}"
               for line in examples)  # fmt: skip
    if command != "extract":
        assert "--data DIRECTORY" in ended.out
        assert "NIANBAO_DATA" in ended.out


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_command_is_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    assert [name for name in COMMANDS if f"nianbao {name}" not in text] == []


# --- the data folder -----------------------------------------------------------------------


@pytest.mark.parametrize("command", [["build"], ["serve"], ["verify"], ["status"], ["cite", "x"]])
def test_a_folder_without_anything_is_one_line(command: Sequence[str], tmp_path: Path) -> None:
    ended = nianbao(*command, "--data", tmp_path / "nothing")
    assert (ended.status, len(ended.err.splitlines()), ended.out) == (1, 1, "")
    assert "nothing" in ended.err
    assert not (tmp_path / "nothing").exists()


def test_a_data_folder_that_is_a_file_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = nianbao("status", env={"NIANBAO_DATA": str(tmp_path / "file")})
    assert (ended.status, "is a file" in ended.err) == (2, True)


@pytest.mark.parametrize("folder", ["file/below", "missing"])
def test_a_data_folder_that_cannot_be_made_is_one_line(folder: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    if folder == "missing":
        if os.geteuid() == 0:
            pytest.skip("root may write anywhere")
        tmp_path.chmod(0o555)
    ended = crawl("http://127.0.0.1:9/", tmp_path / folder)
    assert (ended.status, len(ended.err.splitlines())) == (1, 1)
    assert "cannot be opened" in ended.err


@pytest.mark.parametrize("name", ["warc", "logs"])
def test_a_file_where_a_folder_belongs_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    ended = crawl("http://127.0.0.1:9/", tmp_path)
    assert ended.status == 1
    assert len([line for line in ended.problems if str(tmp_path / name) in line]) == 1


@pytest.mark.parametrize("command", ["status", "build", "verify"])
def test_a_damaged_catalog_is_one_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "catalog.db").write_text("this is no database, and long enough to be read as one")
    ended = nianbao(command, "--data", tmp_path)
    assert ended.status == 1
    assert len(ended.problems) == 1
    assert "catalog.db" in ended.problems[0]


# --- extract -------------------------------------------------------------------------------


def test_what_cannot_be_read_is_a_line_each_and_the_rest_is_read(tmp_path: Path) -> None:
    good = tmp_path / "报 告.pdf"
    good.write_bytes((FILES / "xingan-2021.pdf").read_bytes())
    said = {
        "empty.pdf": (b"", "empty"),
        "noise.pdf": (bytes(range(1, 250)), "not read"),
        "half.pdf": (good.read_bytes()[:50_000], "damaged"),
        "locked.pdf": (encrypted_pdf(), "encrypted"),
        "half.doc": ((FILES / "hulan-2021.doc").read_bytes()[:9_000], "damaged"),
        "text.pdf": (b"<html><p>nothing of use</p></html>", "annual report"),
    }
    for name, (content, _) in said.items():
        (tmp_path / name).write_bytes(content)
    missing = [tmp_path / "nosuch.pdf", tmp_path]

    ended = nianbao("extract", "--json", *missing, *(tmp_path / name for name in said), good)

    answers = {Path(one["file"]).name: one for one in map(json.loads, ended.out.splitlines())}
    assert ended.status == 1
    assert set(answers) == {*said, "报 告.pdf"}
    assert len(answers["报 告.pdf"]["figures"]) == 200
    assert answers["报 告.pdf"]["problems"] == []
    for name, (_, words) in said.items():
        [line] = [line for line in ended.problems if f"{name}: " in line]
        assert words in line
    assert f"nianbao: {missing[0]}: No such file or directory" in ended.problems
    assert f"nianbao: {tmp_path}: Is a directory" in ended.problems
    assert len(ended.problems) == len(said) + len(missing)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write anything")
def test_what_may_not_be_read_or_written_is_a_line_each(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / "a.pdf").chmod(0)
    tmp_path.chmod(0o555)
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("extract", tmp_path / "a.pdf"),
        ("build", "--data", tmp_path),
        ("verify", "--rebuild", "--data", tmp_path),
    )
    for command in commands:
        ended = nianbao(*command)
        assert (ended.status, len(ended.problems)) == (1, 1)
        assert str(tmp_path) in ended.problems[0]
        assert "NIANBAO_TRACEBACK" not in ended.err


def test_a_files_name_decides_nothing(tmp_path: Path) -> None:
    for name, source in (("a.doc", "xingan-2021.pdf"), ("b.pdf", "hongze-2024.html")):
        (tmp_path / name).write_bytes((FILES / source).read_bytes())
    ended = nianbao("extract", tmp_path / "a.doc", tmp_path / "b.pdf")
    assert (ended.status, ended.err) == (0, "")
    assert "兴安区人民政府 · 2021 · form 2021" in ended.out
    assert "淮安市洪泽区人民政府 · 2024 · form 2021" in ended.out


def test_a_word_file_without_libreoffice_is_one_line() -> None:
    ended = nianbao("extract", FILES / "hulan-2021.doc", env=NO_PROGRAMS)
    assert (ended.status, len(ended.problems)) == (1, 1)
    assert NO_OFFICE in ended.err
    assert "figures printed" not in ended.out, "nothing was read, so nothing is counted"


def test_a_terminal_without_chinese_and_a_name_without_encoding_lose_nothing(
    tmp_path: Path,
) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc4\xea\xb1\xa8.html"))
    file.write_bytes((FILES / "hongze-2024.html").read_bytes())
    for encoding in ("ascii", "utf-8:strict"):
        ended = nianbao("extract", "--json", file, env={"PYTHONIOENCODING": encoding})
        assert (ended.status, ended.err) == (0, "")
        answer = json.loads(ended.out)
        assert answer["publisher"] == "淮安市洪泽区人民政府"
        assert os.fsencode(answer["file"]) == os.fsencode(file)


def test_a_file_without_end_is_refused() -> None:
    ended = nianbao("extract", "/dev/zero", "/dev/null")
    assert ended.status == 1
    assert set(ended.problems) == {
        "nianbao: /dev/zero: larger than 256 MB, not read",
        "nianbao: /dev/null: the file is empty",
    }


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [NIANBAO, "extract", FILES / "xingan-2021.pdf", FILES / "dongfeng-2021.docx"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert err == b""


# --- crawl ---------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[::1]:9/", "http://0x7f.1:9/"])
def test_a_private_address_is_refused_in_one_line(url: str, tmp_path: Path) -> None:
    ended = nianbao("crawl", url, "--data", tmp_path)
    assert (ended.status, len(ended.problems)) == (1, 1)
    assert "not a public address" in ended.problems[0]
    assert "--allow-private" in ended.problems[0]


def test_an_address_that_does_not_answer_is_one_line_and_the_rest_is_done(tmp_path: Path) -> None:
    with socket.socket() as closed, portal(Pages()) as pages:
        closed.bind(("127.0.0.1", 0))
        silent = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        menu = "<a href='/a.html'>机构职能</a> <a href='/b.html'>领导信息</a>"
        pages.put("/", f"<html><body>{menu} {'本区概况 ' * 50}</body></html>")
        ended = crawl(silent, tmp_path, pages.url, "--json", "--no-browser")
    answer = json.loads(ended.out)
    assert ended.status == 1
    assert [line for line in ended.problems if "connection refused" in line]
    assert [line for line in ended.problems if "no column of annual reports" in line]
    assert len(ended.problems) == 2
    assert answer["problems"] == [line.removeprefix("nianbao: ") for line in ended.problems]
    assert [one["portal"]["url"] for one in answer["portals"]] == [silent, pages.url]
    assert answer["requests"] == len(pages.asked) > 0


def test_a_portal_named_twice_is_crawled_once(tmp_path: Path) -> None:
    with portal(Pages()) as pages:
        ended = crawl(pages.url, tmp_path, pages.url, "--json", "--no-browser")
    assert len(json.loads(ended.out)["portals"]) == 1
    assert pages.asked.count("/") == 1


COLUMN = """<html><head><title>试验区</title></head><body>
<a href="/nb/">政府信息公开年报</a></body></html>"""
LIST = """<html><body><h1>政府信息公开年报</h1><ul>{}</ul></body></html>"""


def put_files(pages: Pages, **files: bytes) -> None:
    """A portal whose column leads to one report page a file, the file attached to it."""
    items = []
    pages.put("/", COLUMN)
    for year, (name, content) in zip(range(2021, 2030), files.items(), strict=False):
        title = f"试验区{year}年政府信息公开工作年度报告"
        items.append(f'<li><a href="/nb/{year}.html">{title}</a></li>')
        link = f'<a href="/files/{name}">附件：{title}.{name.partition("_")[2]}</a>'
        pages.put(f"/nb/{year}.html", f"<html><title>{title}</title><h1>{title}</h1>{link}</html>")
        pages.put(f"/files/{name}", content, "application/octet-stream")
    pages.put("/nb/", LIST.format("".join(items)))


def test_files_that_cannot_be_read_are_named_by_the_build_and_read_when_they_can_be(
    tmp_path: Path,
) -> None:
    with portal(Pages()) as pages:
        put_files(
            pages,
            locked_pdf=encrypted_pdf(),
            word_doc=(FILES / "hulan-2021.doc").read_bytes(),
            good_pdf=(FILES / "xingan-2021.pdf").read_bytes(),
        )
        crawled = crawl(pages.url, tmp_path, "--no-browser")
    assert (crawled.status, crawled.problems) == (0, []), crawled.err

    built = nianbao("build", "--data", tmp_path, env=NO_PROGRAMS)

    assert built.status == 1
    assert sorted(built.problems) == [
        f"nianbao: {pages.url}files/locked_pdf: the PDF is encrypted and needs a password",
        f"nianbao: {pages.url}files/word_doc: {NO_OFFICE}",
    ]
    assert "200 figures printed" in built.err

    again = nianbao("build", "--data", tmp_path)
    if "LibreOffice" in again.err:
        pytest.skip("no LibreOffice on this machine")
    assert len(again.problems) == 1
    assert "400 figures printed" in again.err


def test_a_crawl_without_a_browser_says_what_it_left_out(tmp_path: Path) -> None:
    with portal(Pages()) as pages:
        pages.put("/", "<html><body><div id='app'></div><script src='/app.js'></script></body>")
        pages.put("/app.js", "document.title", "text/javascript")
        ended = crawl(pages.url, tmp_path, env={"NIANBAO_CHROMIUM": "/nonexistent"})
    assert ended.status == 1
    assert [line for line in ended.problems if "browser" in line]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_crawl_is_gone_on_with_by_the_same_command(
    stop: signal.Signals, tmp_path: Path
) -> None:
    """One host answers, the other never does: Ctrl-C must not wait for it."""
    with socket.socket() as silent, portal(Pages()) as pages:
        silent.bind(("127.0.0.2", 0))  # another host: one waits for nothing but its own
        silent.listen()
        put_files(pages, good_pdf=(FILES / "xingan-2021.pdf").read_bytes())
        urls = pages.url, f"http://127.0.0.2:{silent.getsockname()[1]}/"
        command = ("crawl", *urls, "--allow-private", "--delay", "0.01", "--data", str(tmp_path))
        process = subprocess.Popen([NIANBAO, *command], stderr=subprocess.PIPE, text=True)
        wait_for(lambda: "/files/good_pdf" in pages.asked)
        wait_for(lambda: captures(tmp_path, "/files/good_pdf") == 1)
        started = time.monotonic()
        process.send_signal(stop)
        _, err = process.communicate(timeout=60)
        taken = time.monotonic() - started
        asked = list(pages.asked)
        silent.close()  # from now on it refuses
        again = nianbao(*command, "--json")

    assert taken < 20
    if stop == signal.SIGINT:
        assert process.returncode == 1
        assert "Traceback" not in err
        [line] = [line for line in err.splitlines() if "interrupted" in line]
        assert "the same command goes on" in line
    assert pages.asked == asked, "nothing is fetched twice"
    answer = json.loads(again.out)
    assert (answer["found"], answer["new"], answer["interrupted"]) == (1, 1, False)
    [run] = map(json.loads, nianbao("status", "--json", "--data", tmp_path).out.splitlines())
    assert (run["id"], run["found"], len(run["portals"])) == (answer["run"], 1, 2)
    assert run["finished"]


def wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def captures(data: Path, path: str) -> int:
    sql = "select count(*) from captures where url like ?"
    try:
        with closing(sqlite3.connect(f"file:{data / 'catalog.db'}?mode=ro", uri=True)) as catalog:
            [(count,)] = catalog.execute(sql, [f"%{path}"])
    except sqlite3.OperationalError:  # not made yet
        return 0
    return int(count)


def test_scrapys_own_command_does_the_same(tmp_path: Path) -> None:
    scrapy = Path(sys.executable).with_name("scrapy")
    with portal(Pages()) as pages:
        put_files(pages, good_pdf=(FILES / "xingan-2021.pdf").read_bytes())
        arguments = [f"portal={pages.url}", "allow_private=1", "delay=0.01"]
        process = subprocess.run(
            [scrapy, "crawl", "reports", *(part for one in arguments for part in ("-a", one))],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=ROOT,
            env={**os.environ, "NIANBAO_DATA": str(tmp_path)},
        )
    assert process.returncode == 0, process.stderr
    assert "Traceback" not in process.stderr
    [run] = map(json.loads, nianbao("status", "--json", "--data", tmp_path).out.splitlines())
    assert (run["found"], run["failed"]) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say which portal"),
        (["portal=南山区"], "give the code"),
        (["portal=http://127.0.0.1:9/", "delay=x"], "delay"),
    ],
)
def test_scrapys_own_command_with_wrong_arguments_is_one_line(
    arguments: Sequence[str], said: str, tmp_path: Path
) -> None:
    scrapy = Path(sys.executable).with_name("scrapy")
    process = subprocess.run(
        [scrapy, "crawl", "reports", *(part for one in arguments for part in ("-a", one))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "NIANBAO_DATA": str(tmp_path)},
    )
    assert process.returncode == 2, process.stderr
    assert said in process.stderr
    assert "Traceback" not in process.stderr


# --- serve ---------------------------------------------------------------------------------


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "nianbao.db")
    connection.execute("create table reports (something)")
    connection.commit()
    connection.close()
    for command in (["serve", "--port", "0"], ["cite", "x"]):
        ended = nianbao(*command, "--data", tmp_path)
        assert (ended.status, len(ended.err.splitlines())) == (1, 1)
        assert "is not a database that" in ended.err


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nianbao.db").write_text("not a database, though its name says that it is one")
    for command in (["serve", "--port", "0"], ["cite", "x"]):
        ended = nianbao(*command, "--data", tmp_path)
        assert (ended.status, len(ended.err.splitlines())) == (1, 1)


# --- what is built -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one report of 200 figures."""
    data = tmp_path_factory.mktemp("built")
    with portal(Pages()) as pages:
        put_files(pages, good_pdf=(FILES / "xingan-2021.pdf").read_bytes())
        assert crawl(pages.url, data, "--no-browser").status == 0
    assert nianbao("build", "--data", data).status == 0
    return data


def report_id(data: Path) -> str:
    connection = sqlite3.connect(data / "nianbao.db")
    try:
        [(found,)] = connection.execute("select id from reports")
    finally:
        connection.close()
    return str(found)


def test_a_taken_port_is_one_line(built: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = nianbao("serve", "--port", port, "--data", built)
    assert (ended.status, len(ended.err.splitlines())) == (1, 1)
    assert f"port {port}: Address already in use; try --port" in ended.err


def test_serving_prints_the_address_and_ends_with_ctrl_c(built: Path) -> None:
    process = subprocess.Popen(
        [NIANBAO, "serve", "--port", "0", "--data", built],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert "http://127.0.0.1:" in line
    assert (process.returncode, out.strip(), err) == (0, "", "")


@pytest.mark.parametrize("style", STYLES)
def test_a_figure_is_cited_in_every_style(built: Path, style: str) -> None:
    cited = f"{report_id(built)}/requests/received/total"
    ended = nianbao("cite", cited, "--style", style, "--data", built)
    assert (ended.status, ended.err) == (0, "")
    assert "兴安区人民政府2021年度政府信息公开工作报告" in ended.out
    assert "http://127.0.0.1:8001/original/" in ended.out.replace("\\/", "/")


def test_the_address_of_a_page_is_cited_as_the_site_does(built: Path) -> None:
    report = report_id(built)
    address = f"https://archive.example/nb/report/{report}?x#y"
    ended = nianbao("cite", address, "--data", built)
    plain = nianbao("cite", report, "--site", "https://archive.example/nb", "--data", built)
    assert ended.out == plain.out
    assert "存档：https://archive.example/nb/original/" in ended.out
    assert "[R/OL]" in ended.out


def test_citing_what_is_not_there_is_one_line(built: Path) -> None:
    for cited in ("nosuch", f"{report_id(built)}/requests", f"{report_id(built)}/a/b/c"):
        ended = nianbao("cite", cited, "--data", built)
        assert (ended.status, ended.out, len(ended.err.splitlines())) == (1, "", 1)


def test_an_unexpected_fault_is_one_line(built: Path, tmp_path: Path) -> None:
    """A module of another name in the way: nothing the commands could foresee."""
    (tmp_path / "publish").mkdir()
    (tmp_path / "publish" / "__init__.py").write_text("raise RuntimeError('unforeseen')")
    ended = nianbao("build", "--data", built, env={"PYTHONPATH": str(tmp_path)})
    assert (ended.status, len(ended.err.splitlines())) == (1, 1)
    assert "RuntimeError: unforeseen" in ended.err
