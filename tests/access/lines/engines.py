"""What a load balancer asks, without a login."""

from tests.access.matrix import Line, everyone

LINES = [Line("health_live", everyone()), Line("health_ready", everyone())]
