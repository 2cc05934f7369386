"""Security headers: nothing inline on our pages, nothing from another host, no framing."""

from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE

from xinqiao.settings.login_providers import provider_hosts, provider_settings

__all__ = [
    "ADMIN_CONTENT_SECURITY_POLICY",
    "CONTENT_SECURITY_POLICY",
    "SECURE_CROSS_ORIGIN_OPENER_POLICY",
    "SECURE_REFERRER_POLICY",
    "X_FRAME_OPTIONS",
]

CONTENT_SECURITY_POLICY = {
    # Wagtail's admin uses inline styles; its own policy is set by xinqiao.ui.csp on /admin/ responses.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A button to another house's login is a form, and browsers hold where it leads to this too.
        "form-action": [SELF, *provider_hosts(provider_settings())],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "report-uri": "/csp-reports/",
    },
}
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
    "base-uri": [SELF],
    "object-src": [NONE],
    "report-uri": "/csp-reports/",
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
