"""How assets are stored for serving: under names with their digest, and compressed."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

_AS_SHIPPED = CompressedManifestStaticFilesStorage.patterns


class NamedByDigest(CompressedManifestStaticFilesStorage):
    """Vendored files name source maps that we do not ship; those lines stay as they are."""

    patterns = tuple(
        (kind, tuple(one for one in found if "sourceMappingURL" not in str(one)))
        for kind, found in _AS_SHIPPED
    )
