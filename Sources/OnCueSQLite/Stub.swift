import GRDB
import GRDBSQLite
import OnCue
