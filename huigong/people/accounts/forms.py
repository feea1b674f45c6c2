"""What people type to enter."""

from django import forms

from huigong.core import identity


class PhoneField(forms.CharField):
    """A mainland mobile number in any writing; its 11 digits come out."""

    def __init__(self, **kwargs: object) -> None:
        attributes = {"inputmode": "numeric", "autocomplete": "tel", "placeholder": "11 位手机号"}
        super().__init__(
            label="手机号",
            max_length=20,
            widget=forms.TextInput(attrs=attributes),
            error_messages={"required": "请填写手机号。"},
            **kwargs,
        )

    def clean(self, value: str) -> str:
        text = super().clean(value)
        try:
            return identity.normalise_phone(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class PhoneForm(forms.Form):
    phone = PhoneField()


class PasswordLoginForm(PhoneForm):
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "placeholder": "登录密码"}),
        error_messages={"required": "请填写密码。"},
    )


class CodeLoginForm(PhoneForm):
    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label="验证码",
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "placeholder": "6 位数字",
                "maxlength": "6",
            }
        ),
        error_messages={"required": "请填写短信验证码。", "invalid": "验证码是 6 位数字。"},
    )


class ProofForm(forms.Form):
    """A proof that it is the owner who asks: the password, or a code to their phone."""

    def __init__(self, data: object = None, *, proof: str) -> None:
        super().__init__(data)
        self.fields["proof"] = _old_password() if proof == "old" else _code()


def _old_password() -> forms.CharField:
    return forms.CharField(
        label="原密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写原密码。"},
    )


def _code() -> forms.CharField:
    return forms.CharField(
        label="验证码",
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": "请填写短信验证码。"},
    )


class CloseForm(ProofForm):
    """The end of an account: a proof, and a mark that the owner has read what it means."""

    understood = forms.BooleanField(error_messages={"required": "请先看清楚上面的说明并勾选。"})

    def __init__(self, data: object = None, *, proof: str) -> None:
        super().__init__(data, proof=proof)
        self.fields["proof"].label = "登录密码" if proof == "old" else "验证码"
        self.order_fields(["proof", "understood"])


class NewPasswordForm(ProofForm):
    """A new password, with the proof of the owner."""

    password = forms.CharField(
        label="新密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "placeholder": "至少 8 位，不要全是数字"}
        ),
        error_messages={"required": "请填写新密码。"},
    )
    again = forms.CharField(
        label="再输一次",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "placeholder": "与上面相同"}),
        error_messages={"required": "请再输一次新密码。"},
    )

    def __init__(self, data: object = None, *, proof: str) -> None:
        super().__init__(data, proof=proof)
        self.order_fields(["proof", "password", "again"])

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "两次输入的密码不一样，请重新输入。")
        return data
