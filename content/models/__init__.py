"""What training and parents share: topics, pictures, page bases, the home page, help now, and the site's own words."""

from content.models.guidance import GuidancePage
from content.models.help import HelpNowPage
from content.models.home import HomeFeature, HomePage
from content.models.pictures import Picture, PictureRendition
from content.models.site import SiteWords
from content.models.standard import StandardPage
from content.models.topics import Topic

__all__ = [
    "GuidancePage",
    "HelpNowPage",
    "HomeFeature",
    "HomePage",
    "Picture",
    "PictureRendition",
    "SiteWords",
    "StandardPage",
    "Topic",
]
