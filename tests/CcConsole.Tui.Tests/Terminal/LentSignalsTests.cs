using CcConsole.Tui.Terminal;
using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tui.Tests.Terminal;

public sealed class LentSignalsTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly LentSignals _signals;

    public LentSignalsTests() => _signals = new LentSignals(_time);

    [Fact]
    public void Before_the_terminal_is_lent_no_interrupt_is_another_programs()
    {
        _signals.TakeBack();
        Assert.False(_signals.Takes());
    }

    [Fact]
    public void While_it_is_lent_each_interrupt_is_that_programs()
    {
        _signals.Lend();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(_signals.IsLent && _signals.Takes() && _signals.Takes());
    }

    [Fact]
    public void After_it_was_taken_back_one_late_interrupt_is_that_programs_and_the_next_ends_the_console()
    {
        for (var round = 0; round < 2; round++)
        {
            _signals.Lend();
            _signals.TakeBack();
            Assert.False(_signals.IsLent);
            _time.Advance(TimeSpan.FromSeconds(4));
            Assert.True(_signals.Takes());
            Assert.False(_signals.Takes());
        }
    }

    [Fact]
    public void Taking_it_again_after_a_stop_makes_no_other_interrupt_late()
    {
        _signals.Lend();
        _signals.TakeBack();
        _time.Advance(LentSignals.Late);
        _signals.TakeBack();
        Assert.False(_signals.Takes());
    }
}
