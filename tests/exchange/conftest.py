"""The tests of exchange share a small destination: `import birdhouse`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
