"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.watch.reads import ASKING
from sizao_web.desks.watch.views import SETTING, WATCHERS
from sizao_web.pages import navigation


def register_all() -> None:
    """Called when the app is ready."""
    navigation.register(
        navigation.Entry("watch:alarms", Words("警报", "Alarms"), WATCHERS, 90),
        navigation.Entry("watch:charts", Words("控制图", "Control charts"), WATCHERS, 90),
        navigation.Entry("watch:switches", Words("开关", "Switches"), SETTING, 91),
        navigation.Entry("watch:reads", Words("查阅", "Who read"), ASKING, 92),
    )
