"""Whether two records are about one person: keys that are checked, then a likeness that says its reasons.

said = Said(name="张伟", telephone="138 0013 8000")   # what was presented, in whatever way it was written
blocks(said)                                         # the parts under which people like that are found
compare(said, known, weights())                      # Likeness: the probability, level by level
"""

from sizao.intake.persons.blocking import blocks as blocks
from sizao.intake.persons.blocking import keys as keys
from sizao.intake.persons.headings import HEADINGS as HEADINGS
from sizao.intake.persons.headings import NUMBER as NUMBER
from sizao.intake.persons.headings import NotADay as NotADay
from sizao.intake.persons.headings import said_in as said_in
from sizao.intake.persons.headings import who_columns as who_columns
from sizao.intake.persons.likeness import Likeness as Likeness
from sizao.intake.persons.likeness import Said as Said
from sizao.intake.persons.likeness import compare as compare
from sizao.intake.persons.outlines import outline as outline
from sizao.intake.persons.outlines import worth_comparing as worth_comparing
from sizao.intake.persons.weights import Weights as Weights
from sizao.intake.persons.weights import weights as weights
