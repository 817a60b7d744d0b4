"""Topics, relay, consumers, cursors, parking: how facts reach whoever hears them, each once and in order."""

from libs.bus import parking
from libs.bus.checkpoints import Checkpoints
from libs.bus.cursors import cursors
from libs.bus.hearing import Effect, Hears, Reader
from libs.bus.inbox import FeedPage, Inbox
from libs.bus.kafka import STREAM_RECORDS, STREAM_TURN_SECONDS, Ears, Take
from libs.bus.known import Known
from libs.bus.relay import Relay, Seal
from libs.bus.topics import CITY_STREAM, site_topic, topics

__all__ = [
    "Known",
    "CITY_STREAM",
    "STREAM_RECORDS",
    "STREAM_TURN_SECONDS",
    "Checkpoints",
    "Ears",
    "Effect",
    "FeedPage",
    "Hears",
    "Inbox",
    "Reader",
    "Relay",
    "Seal",
    "Take",
    "cursors",
    "parking",
    "site_topic",
    "topics",
]
