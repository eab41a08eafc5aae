"""What a pipeline of the Hub takes and gives, as modalities of a manifest.

Source: https://huggingface.co/docs/hub/models-tasks. A task that says too little, such as `any-to-any` or
`feature-extraction`, is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_BY_MODALITIES: Mapping[str, str] = {
    "text": "text-generation text2text-generation conversational fill-mask token-classification text-classification "
    "sentence-similarity translation summarization question-answering zero-shot-classification text-ranking",
    "text image": "text-to-image image-to-text image-text-to-text visual-question-answering "
    "document-question-answering zero-shot-image-classification zero-shot-object-detection image-text-to-image",
    "image": "image-to-image image-classification object-detection image-segmentation depth-estimation "
    "unconditional-image-generation image-feature-extraction keypoint-detection mask-generation",
    "text audio": "text-to-speech text-to-audio automatic-speech-recognition audio-text-to-text",
    "audio": "audio-to-audio audio-classification voice-activity-detection",
    "text video": "text-to-video video-text-to-text",
    "image video": "image-to-video",
    "text image video": "image-text-to-video",
    "video": "video-classification video-to-video",
    "text 3d": "text-to-3d",
    "image 3d": "image-to-3d",
    "action": "robotics reinforcement-learning",
    "tabular": "tabular-classification tabular-regression",
    "text tabular": "table-question-answering",
    "time-series": "time-series-forecasting",
}

MODALITIES: Mapping[str, Sequence[str]] = {
    task: modalities.split() for modalities, tasks in _BY_MODALITIES.items() for task in tasks.split()
}
"""The modalities of each task."""
