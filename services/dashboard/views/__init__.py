"""What a page shows of what the services answered: facts in Chinese words, times as times. No rules."""

from services.dashboard.views.case import case_model, clock_rows, proof_model, timeline_model
from services.dashboard.views.city import CityAsk, Only, city_model
from services.dashboard.views.network import feed_rows, network_model, site_model
from services.dashboard.views.shared import moment, placed

__all__ = [
    "CityAsk",
    "Only",
    "case_model",
    "city_model",
    "clock_rows",
    "feed_rows",
    "moment",
    "network_model",
    "placed",
    "proof_model",
    "site_model",
    "timeline_model",
]
