from sfc_sim.report.tables import text as text
