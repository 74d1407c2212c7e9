import OnCue
