"""A case told as a story through the real rules: in memory, in virtual time, without servers (docs/story.md).

Read `parts` first (what a service brings), then `telling` (time, acts and what follows), `form` (the file) and `played` (the whole).
"""

from libs.story.form import StoryForm
from libs.story.parts import ActDoor, Ask, Hearing, Opening, Part, Scene, Speech
from libs.story.played import Played, play, read_story
from libs.story.roster import playing
from libs.story.telling import FILED_AT, TELLER, Telling, Told, ToldFact, ToldRefusal

__all__ = [
    "ActDoor",
    "Ask",
    "Hearing",
    "FILED_AT",
    "Opening",
    "Part",
    "Played",
    "Scene",
    "Speech",
    "StoryForm",
    "TELLER",
    "Telling",
    "Told",
    "ToldFact",
    "ToldRefusal",
    "play",
    "playing",
    "read_story",
]
