from .answered_plan import answered_plan
from .demonstrated import demonstrated
from .full_plan import full_plan
from .measured_plan import measured_plan
from .pack_sample import officer, pack

__all__ = ["answered_plan", "demonstrated", "full_plan", "measured_plan", "officer", "pack"]
