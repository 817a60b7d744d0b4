"""OpenID providers for tests, really running: npm's oidc-provider and Keycloak, with the same people (`realm.json`)."""

from services.door.tests.idp.browser import AtProvider
from services.door.tests.idp.keycloak import Keycloak
from services.door.tests.idp.node import NodeProvider
from services.door.tests.idp.people import PEOPLE, SITE, Person
from services.door.tests.idp.provider import Idp
from services.door.tests.idp.site import AS_TOLD, Site, come_in, led_back, settings, standing

__all__ = [
    "AS_TOLD",
    "PEOPLE",
    "SITE",
    "AtProvider",
    "Idp",
    "Keycloak",
    "NodeProvider",
    "Person",
    "Site",
    "come_in",
    "led_back",
    "settings",
    "standing",
]
