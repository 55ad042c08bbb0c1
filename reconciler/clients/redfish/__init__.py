"""Board management controllers by Redfish, with sushy: it blocks, so it is spoken to in threads of its own.

sushy takes a third of a second to load: it is loaded when the first controller is asked.
"""

from reconciler.clients.redfish.boards import BoardLimits, Boards

__all__ = ["BoardLimits", "Boards"]
