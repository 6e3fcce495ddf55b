from .full_plan import full_plan

__all__ = ["full_plan"]
