"""What the cadres' home shows, gathered from the modules that know it. Public door."""

from huigong.faces.workbench.queries.figures import Dashboard, dashboard
from huigong.faces.workbench.queries.navigation import navigation
from huigong.faces.workbench.queries.todo import Todo, TodoKind, todo, todo_counts

__all__ = ["Dashboard", "Todo", "TodoKind", "dashboard", "navigation", "todo", "todo_counts"]
