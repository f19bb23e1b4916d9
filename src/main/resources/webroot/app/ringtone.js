/** Two soft notes, in hertz, and their places in each turn of the tone, in seconds. */
const NOTES = [
  [659, 0],
  [523, 0.35],
];
const TURN = 2_400;

/** What is heard while somebody calls. A page stays silent until somebody touches it: browsers want it so. */
export class Ringtone {
  #context = null;
  #timer = null;

  /** Sounds or is silent, as told. */
  play(on) {
    if (on === (this.#timer !== null)) return;
    if (!on) return this.stop();
    this.#turn();
    this.#timer = setInterval(() => this.#turn(), TURN);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#context?.close();
    this.#context = null;
  }

  #turn() {
    if (!this.#context) {
      this.#context = new AudioContext();
      // It begins a moment later.
      this.#context.onstatechange = () => this.#sound();
    } else if (this.#context.state === 'running') this.#sound();
    // It does not begin by itself when the page is touched; nobody waits for the answer, which may not come.
    else this.#context.resume().catch(() => {});
  }

  #sound() {
    if (this.#context?.state !== 'running') return;
    for (const [frequency, at] of NOTES) this.#note(frequency, this.#context.currentTime + at);
  }

  #note(frequency, at) {
    const oscillator = new OscillatorNode(this.#context, { frequency });
    const gain = new GainNode(this.#context, { gain: 0 });
    gain.gain.linearRampToValueAtTime(0.12, at + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
    oscillator.connect(gain).connect(this.#context.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.7);
  }
}
