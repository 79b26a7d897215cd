"""The entry form of a sample with the people in the tube: one occasion, all of its facts or none."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid5

from django import forms

from sizao_web.pages.forms import NOT_ON_RECORD, FactForm
from sizao_web.pages.language import said, say
from sizao_web.records.reading import choices


class TubeForm(FactForm):
    """A sample; below it whose it is, one number a line."""

    members = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "autocapitalize": "none"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["members"].label = say("管中人员编号", "People in the tube")
        self.fields["members"].help_text = say(
            "每行一人；混采、按户混采时逐人填写", "one number a line; in a pool everybody in it"
        )
        self.initial["members"] = (named.get("prefill") or {}).get("person", "")
        self.order_fields(["members", *(one.name for one in self.columns)])

    def clean_members(self) -> list[str]:
        """The numbers, each once; a single sample has one person."""
        found = list(dict.fromkeys(re.split(r"[\s,，、;；]+", str(self.cleaned_data["members"]).strip())))
        people = [one for one in found if one]
        if not people:
            raise forms.ValidationError(
                say("请填写管中人员的编号，每行一人。", "Say whose sample it is: one number a line.")
            )
        return people

    def clean(self) -> dict[str, Any]:
        """As of any fact; the kind must fit the number of people, each of whom is on record or confirmed."""
        found = super().clean()
        people = found.get("members") or []
        if found.get("kind") == "single" and len(people) > 1:
            self.add_error(
                "kind",
                say(
                    "单采只能有一人；多人请选混采或按户混采。",
                    "A single sample is of one person; choose a pool.",
                ),
            )
        unknown = sorted(set(people) - choices.on_record(self.scope, "person", people, self.moment))
        if unknown:
            self.doubt("members", " ".join(unknown), said(NOT_ON_RECORD["person"]).format("、".join(unknown)))
        return found

    def facts(self) -> list[tuple[str, dict[str, Any], str]]:
        """The sample, and one row for each person in it."""
        record = self.cleaned_data["record"]
        of_tube = {"sample": self.cleaned_data["sample"]}
        members = [
            ("sample_members", {**of_tube, "person": person}, str(uuid5(UUID(record), person)))
            for person in self.cleaned_data["members"]
        ]
        return [*super().facts(), *members]
