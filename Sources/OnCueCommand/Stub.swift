import ArgumentParser

@main struct OnCueCommand: ParsableCommand {}
