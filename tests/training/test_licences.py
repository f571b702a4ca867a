"""Only licences on the allow-list admit code to the training data, however they are spelled."""

from email.message import Message

import pytest

from training.data.licences import LicenceNotAllowed, is_permissive, licence_of


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MIT License",
        "The MIT License (MIT)",
        "(MIT)",
        "MIT-0",
        "BSD",
        "BSD License",
        "BSD-3-Clause",
        "BSD 3-Clause License",
        "3-Clause BSD License",
        "New BSD",
        "BSD-2-Clause",
        "0BSD",
        "Apache-2.0",
        "Apache 2.0",
        "Apache License, Version 2.0",
        "Apache License v2.0",
        "Apache 2.0 License",
        "Apache Software License",
        "PSF-2.0",
        "PSF",
        "Python Software Foundation License",
        "ISC",
        "ISC License (ISCL)",
        "CC0-1.0",
        "BSL-1.0",
        "apache-2.0 or mit",
        "MIT OR GPL-3.0-or-later",
        "GPL-2.0-only OR (Apache-2.0 AND MIT)",
        "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
        "Apache-2.0 WITH LLVM-exception",
        "(MIT OR Apache-2.0) AND BSD-3-Clause",
        "MIT/Apache-2.0",
    ],
)
def test_allowed(licence):
    assert is_permissive(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "",
        "UNKNOWN",
        "Proprietary",
        "GPL",
        "GPL-3.0-only",
        "GNU General Public License v3 (GPLv3)",
        "LGPL-2.1-or-later",
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "AGPL-3.0",
        "MPL-2.0",
        "Mozilla Public License 2.0 (MPL 2.0)",
        "MPL-2.0 AND MIT",
        "MIT AND (GPL-2.0-only OR LGPL-3.0-only)",
        "MIT/GPL",
        "MIT; GPLv2",
        "MIT, GPLv2",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "MIT WITH Unheard-of-exception",
        "BSL-1.1",
        "BSD-4-Clause",
        "EPL-2.0",
        "CC-BY-NC-4.0",
        "MIT AND",
        "OR MIT",
        "(MIT",
        "MIT)",
        "MIT WITH",
        "not MIT",
        "MIT with restrictions",
    ],
)
def test_refused(licence):
    assert not is_permissive(licence)


def metadata(*fields):
    message = Message()
    message["Name"] = "thing"
    for key, value in fields:
        message[key] = value
    return message


MIT = ("Classifier", "License :: OSI Approved :: MIT License")
MPL = ("Classifier", "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)")
BARE = ("Classifier", "License :: OSI Approved")
TEXT = ("License", "Permission is hereby granted\n" * 20)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("License-Expression", "MIT")], "MIT"),
        ([("License-Expression", "MIT"), ("License", "GPL")], "MIT"),
        ([("License", "Apache 2.0")], "Apache 2.0"),
        ([MIT, ("License", "MIT")], "MIT License; MIT"),
        ([MIT, TEXT], "MIT License"),
        ([BARE, ("License", "BSD")], "BSD"),
    ],
)
def test_stated_licence(fields, expected):
    assert licence_of(metadata(*fields)) == expected


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [BARE],
        [TEXT],
        [("License", "UNKNOWN")],
        [MIT, MPL],
        [MIT, ("License", "GPLv3")],
        [("License-Expression", "MPL-2.0 AND MIT"), MIT],
    ],
)
def test_unclear_or_mixed_licences_are_refused(fields):
    with pytest.raises(LicenceNotAllowed, match="thing: "):
        licence_of(metadata(*fields))
