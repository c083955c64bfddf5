from sfc_sim.explorer.members import Family as Family
from sfc_sim.explorer.members import family_of as family_of
from sfc_sim.explorer.page import explorer_page as explorer_page
