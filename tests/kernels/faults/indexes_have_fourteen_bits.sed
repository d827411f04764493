# file: ipc/util.h
# call: shmctl
# class: keys and ids
# wrong: The highest bit of the index in an id is not looked at.
s/^#define ipcid_to_idx(id)  ((id) & IPCMNI_IDX_MASK)/#define ipcid_to_idx(id)  ((id) \& (IPCMNI_IDX_MASK >> 1))/
