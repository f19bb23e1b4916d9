import { personAvatar } from './avatar.js';
import { h } from './dom.js';

/** One moving picture with a name, or, without picture, the person's mark. */
export class VideoTile {
  #stream = new MediaStream();

  /** @param mirrored as people know themselves */
  constructor({ id, name, label = name, mirrored = false, className = '' }) {
    this.video = h('video', { autoplay: true, playsinline: true, 'aria-label': label });
    // The sound has an element of its own: this one may be hidden.
    this.video.muted = true;
    this.mark = h('div', { class: 'tile-mark' }, personAvatar({ id, name }));
    this.caption = h('p', { class: 'tile-name', text: label });
    this.element = h('div', { class: `tile ${className}`, data: { mirrored: String(mirrored) } }, this.mark, this.video, this.caption);
    this.show(null);
  }

  /** Shows a video track, or the mark. */
  show(track, { mirrored, fit = 'cover' } = {}) {
    if (mirrored !== undefined) this.element.dataset.mirrored = String(mirrored);
    this.element.dataset.fit = fit;
    const [before] = this.#stream.getTracks();
    if (before !== track) {
      if (before) this.#stream.removeTrack(before);
      if (track) this.#stream.addTrack(track);
      this.video.srcObject = track ? this.#stream : null;
    }
    this.video.hidden = !track;
    this.mark.hidden = Boolean(track);
  }
}

/** Plays the sound of somebody; the browser may want a touch of the page first. */
export class Sound {
  /** @param speaker id of the one that was chosen, if any; when it is gone, the browser's own is heard */
  constructor(speaker) {
    this.element = h('audio', { autoplay: true });
    if (speaker) this.through(speaker).catch(() => {});
  }

  play(track) {
    const [before] = this.element.srcObject?.getTracks() ?? [];
    if (before !== track) this.element.srcObject = track ? new MediaStream([track]) : null;
  }

  /** @param id of a speaker; where the browser knows no such choice, its own stays */
  async through(id) {
    await this.element.setSinkId?.(id);
  }
}
