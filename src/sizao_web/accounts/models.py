"""Accounts and assignments. An account without an assignment in force sees nothing."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models

from sizao.terms.words import Words
from sizao_web.accounts.roles import ROLES, SELF


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; there is no account that may do everything."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> Account:
        """An account that can sign in with this password; without one only a demonstration lets it in."""
        account = self.model(username=username.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person who signs in."""

    username = models.CharField(max_length=80, unique=True)
    name_zh = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")
    is_active = models.BooleanField(default=True)
    persona = models.BooleanField(
        default=False
    )  # of a demonstration: signs in without a password, there only
    password_given = models.BooleanField(default=False)  # by somebody else: to be changed at once
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.username

    @property
    def name(self) -> Words:
        """The name as shown, in both languages."""
        return Words(self.name_zh or self.username, self.name_en or self.username)

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. Unlike Django's it writes nothing: nobody is somebody yet."""
        return bool(check_password(raw_password, self.password))

    @property
    def is_staff(self) -> bool:
        """Django's own administration is not used."""
        return False


class Assignment(models.Model):
    """What an account does, for whom, and from when until when."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=40, choices=[(role, role) for role in ROLES])
    area = models.TextField(db_collation="C")
    organisation = models.TextField(null=True, blank=True)  # an office or a place of the facts
    person = models.TextField(null=True, blank=True)  # whom a resident is; of every other duty empty
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "account_assignment"
        ordering = ("from_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role=SELF, person__isnull=False)
                | (~models.Q(role=SELF) & models.Q(person__isnull=True)),
                name="assignment_person_of_residents",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.area} {self.organisation or ''}".strip()

    @property
    def label(self) -> Words:
        """What the duty is called."""
        return ROLES[self.role].label
