# file: ipc/util.c
# call: shmget
# class: keys and ids
# wrong: Keys are equal whose lower 16 bits are equal.
/^static const struct rhashtable_params ipc_kht_params/,/^}/ s/sizeof_field(struct kern_ipc_perm, key)/2/
