"""PySceneDetect's adaptive detector at work in its own environment: a path a line in, JSON a line out.

Run by `bench._rival`, never in `.venv`: with a path on standard input it finds the cuts and answers with the
seconds on the wall and of the processor; or with the reason why it could not.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any


def hold_to_one_thread() -> None:
    """One decoding thread, and one core where the system can say so: the detector reads ahead in a thread."""
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "threads;1"
    os.environ["OPENCV_LOG_LEVEL"] = "OFF"
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "-8"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def detect(scenedetect: Any, path: str) -> dict[str, object]:
    """The costs of one run, done as `scenedetect.detect` does it but for counting the frames: OpenCV may
    open a codec that it then gives no frame of."""
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        manager = scenedetect.SceneManager()
        manager.add_detector(scenedetect.AdaptiveDetector())
        frames = manager.detect_scenes(scenedetect.open_video(path))
        manager.get_scene_list()
    except Exception as error:  # of its own classes, which differ from release to release
        return {"failed": f"{type(error).__name__}: {error}"}
    if not frames:
        return {"failed": "it gives no frame"}
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def main() -> None:
    """Answer until the input ends."""
    hold_to_one_thread()
    scenedetect = importlib.import_module("scenedetect")
    importlib.import_module("cv2").setNumThreads(1)
    for line in sys.stdin:
        print(json.dumps(detect(scenedetect, line.rstrip("\n"))), flush=True)


if __name__ == "__main__":
    main()
