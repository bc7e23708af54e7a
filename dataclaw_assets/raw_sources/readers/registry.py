"""Which readers there are, in the order they are asked: folders first, then single files by content."""

from __future__ import annotations

from dataclaw_assets.raw_sources.readers.agentnet import AgentNetReader
from dataclaw_assets.raw_sources.readers.aitz import AitzReader
from dataclaw_assets.raw_sources.readers.contract import FileReader, FolderReader
from dataclaw_assets.raw_sources.readers.gui_odyssey import GuiOdysseyReader
from dataclaw_assets.raw_sources.readers.image import ImageReader
from dataclaw_assets.raw_sources.readers.lerobot import LeRobotReader
from dataclaw_assets.raw_sources.readers.quickdraw import QuickDrawReader
from dataclaw_assets.raw_sources.readers.video import VideoReader

FOLDER_READERS: tuple[FolderReader, ...] = (
    AgentNetReader(),
    LeRobotReader(),
    GuiOdysseyReader(),
    AitzReader(),
)
FILE_READERS: tuple[FileReader, ...] = (ImageReader(), QuickDrawReader(), VideoReader())
