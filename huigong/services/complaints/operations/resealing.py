"""After the field key was changed: the cases' own keys are wrapped anew; what they seal stays as it is."""

from huigong.core import crypto, resealing
from huigong.core.vault import vault
from huigong.services.complaints.models import Case


@resealing.holder("complaints_case.key_sealed")
def renew_keys() -> int:
    """Wrap every case's key with the key that counts now; returns how many were still under an older one."""
    with vault():
        old = Case.objects.exclude(key_sealed__startswith=crypto.current_prefix()).select_for_update()
        count = 0
        for case in old.only("pk", "uuid", "key_sealed"):
            plain = crypto.unseal(case.key_sealed, context=case.key_context)
            Case.objects.filter(pk=case.pk).update(key_sealed=crypto.seal(plain, context=case.key_context))
            count += 1
    return count
