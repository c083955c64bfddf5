from sfc_sim.report.tables import html as html
from sfc_sim.report.tables import text as text
