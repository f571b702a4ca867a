"""The settings of one server process.

The command line wins over YAML, YAML over the environment, the environment over `.env`, and `.env` over the defaults.
The first source that names a setting decides it; an empty value there means the default.

`gunicorn.conf.py` imports this in gunicorn's master process, so it must not import torch or flask.
"""

from app.settings.load import Loaded as Loaded
from app.settings.load import load_settings as load_settings
from app.settings.places import CONFIG_VARIABLE as CONFIG_VARIABLE
from app.settings.places import EMBEDDED_MODEL as EMBEDDED_MODEL
from app.settings.places import GUIDES as GUIDES
from app.settings.places import LSP_VARIABLES as LSP_VARIABLES
from app.settings.places import ROOT as ROOT
from app.settings.show import example_yaml as example_yaml
from app.settings.show import show as show
from app.settings.show import to_environ as to_environ
from app.settings.table import REQUEST_OPTIONS as REQUEST_OPTIONS
from app.settings.table import SETTINGS as SETTINGS
from app.settings.table import SettingInfo as SettingInfo
from app.settings.table import Settings as Settings
