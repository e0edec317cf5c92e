"""What a request that fails is answered: one line for the reader, the rest in the log."""

from __future__ import annotations

import logging
from typing import Any

from datasette.plugins import pm
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

_THEIRS = "datasette.handle_exception"
_SERVER_ERROR = 500
_LOG = logging.getLogger(__name__)


def replace_default() -> None:
    """Take Datasette's own answer out.

    It prints every failed request with all its local variables, and where `rich` is installed it
    fails itself on an address that names nothing.
    """
    if pm.has_plugin(_THEIRS):
        pm.unregister(name=_THEIRS)


async def answer(datasette: Any, request: Any, exception: Exception) -> Response:
    """The answer to a request that raised: as JSON where JSON was asked for."""
    status, message = _told(exception)
    told = {"ok": False, "error": message, "status": status, "title": None}
    if request.path.partition("?")[0].endswith(".json"):
        return Response.json(told, status=status)
    body = await datasette.render_template("error.html", told, request=request)
    return Response.html(body, status=status)


def _told(exception: Exception) -> tuple[int, str]:
    """The status and the line for the reader."""
    if isinstance(exception, Base400):
        return exception.status, str(exception)
    if isinstance(exception, DatasetteError) and exception.status < _SERVER_ERROR:
        return exception.status, str(exception.message)
    _LOG.error("a request failed", exc_info=exception)
    return _SERVER_ERROR, "服务器出错，已记入日志 · the server failed; its log says why"
