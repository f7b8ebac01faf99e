"""An instalment's row, held, with what hangs on it as it stands once it is."""

from awards.models import Instalment


def lock_instalment(pk: int) -> Instalment:
    """The instalment, locked until the transaction ends, with award, dossier, firm and call.

    These are read in a second query: in that of the lock they would be as old as the wait for it,
    and whoever ends a project holds its instalments while doing so.
    """
    Instalment.objects.select_for_update().get(pk=pk)
    return Instalment.objects.select_related(
        "award__application__firm", "award__application__call", "award__envelope"
    ).get(pk=pk)
