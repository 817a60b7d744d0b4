"""The frame around services: what one is built from, and a whole site of them running in one process."""

from libs.host.context import Context, Current, Node, Service, Site
from libs.host.running import Build, Hosted, SiteHost

__all__ = ["Build", "Context", "Current", "Hosted", "Node", "Service", "Site", "SiteHost"]
