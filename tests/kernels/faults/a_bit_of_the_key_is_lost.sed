# file: ipc/util.c
# call: shmget
# class: keys and ids
# wrong: The lookup of a key does without its bit 30.
/^static struct kern_ipc_perm \*ipc_findkey(/,/^}/ s/struct kern_ipc_perm \*ipcp;/& key \&= ~0x40000000;/
