from .answered_plan import answered_plan
from .full_plan import full_plan
from .measured_plan import measured_plan

__all__ = ["answered_plan", "full_plan", "measured_plan"]
