from sfc_sim.cosmology.background import TIME_RANGE as TIME_RANGE
from sfc_sim.cosmology.background import Background as Background
from sfc_sim.cosmology.background import FlatLambda as FlatLambda
from sfc_sim.cosmology.background import PowerLaw as PowerLaw
