# file: mm/msync.c
# call: mappings
# class: attachments
# wrong: msync(MS_INVALIDATE) of a locked attachment succeeds.
s/if ((flags & MS_INVALIDATE) &&/if (0 \&\&/
