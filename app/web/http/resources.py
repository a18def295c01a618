"""What all routes share: settings, database, answer cache, file worker, draining.

``app.main`` builds one Resources for each app and stores it as ``app.state.resources``. Routes get
it from ``get_resources(request)``, or one part of it through a dependency such as DatabaseDep.
Nothing else reads ``app.state`` for these.
"""

from typing import Annotated

from fastapi import Depends, Request

from app.database.database import Database
from app.file_worker import KILL_GRACE_S, FileWorker
from app.settings import Settings
from app.web.http.answers import AnswerCache
from app.web.http.shutdown_flag import Draining


class Resources:
    """The objects of one app that live from its first request to its last.

    Creating them opens no connection and starts no process.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings)
        self.answer_cache = AnswerCache(settings.program_cache_mb * 1024 * 1024)
        self.file_worker = FileWorker(settings.file_timeout_s + KILL_GRACE_S)
        self.draining = Draining()

    async def close(self) -> None:
        await self.database.close()
        self.file_worker.close()


def get_resources(request: Request) -> Resources:
    resources: Resources = request.app.state.resources
    return resources


# Dependencies are coroutines, because FastAPI runs plain functions in a thread.
async def _get_database(request: Request) -> Database:
    return get_resources(request).database


async def _get_settings(request: Request) -> Settings:
    return get_resources(request).settings


DatabaseDep = Annotated[Database, Depends(_get_database)]
SettingsDep = Annotated[Settings, Depends(_get_settings)]
