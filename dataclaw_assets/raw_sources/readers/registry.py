"""Which readers there are, in the order they are asked: folders first, then single files by content."""

from __future__ import annotations

from dataclaw_assets.raw_sources.readers.agentnet import AgentNetReader
from dataclaw_assets.raw_sources.readers.aitz import AitzReader
from dataclaw_assets.raw_sources.readers.contract import FileReader, FolderReader
from dataclaw_assets.raw_sources.readers.gui_odyssey import GuiOdysseyReader
from dataclaw_assets.raw_sources.readers.image import ImageReader
from dataclaw_assets.raw_sources.readers.inkml import InkmlReader
from dataclaw_assets.raw_sources.readers.lerobot import LeRobotReader
from dataclaw_assets.raw_sources.readers.lerobot_v2 import LeRobotV2Reader
from dataclaw_assets.raw_sources.readers.mcap import McapReader
from dataclaw_assets.raw_sources.readers.playwright import PlaywrightReader
from dataclaw_assets.raw_sources.readers.quickdraw import QuickDrawReader
from dataclaw_assets.raw_sources.readers.rlds import RLDSReader, TFRecordReader
from dataclaw_assets.raw_sources.readers.robomimic import RobomimicReader
from dataclaw_assets.raw_sources.readers.rrweb import RrwebReader
from dataclaw_assets.raw_sources.readers.stills import StillsReader
from dataclaw_assets.raw_sources.readers.svg import SvgReader
from dataclaw_assets.raw_sources.readers.video import VideoReader

FOLDER_READERS: tuple[FolderReader, ...] = (
    AgentNetReader(),
    LeRobotReader(),
    LeRobotV2Reader(),
    GuiOdysseyReader(),
    AitzReader(),
    RLDSReader(),
    StillsReader(),
)
FILE_READERS: tuple[FileReader, ...] = (
    ImageReader(),
    QuickDrawReader(),
    SvgReader(),
    InkmlReader(),
    PlaywrightReader(),
    RrwebReader(),
    RobomimicReader(),
    TFRecordReader(),
    McapReader(),
    VideoReader(),
)
