using CcConsole.Tui.App;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Terminal;

namespace CcConsole.Tui.Sample;

/// <summary>Shows its size and the last event. q quits, x and y crash (on this thread and another), e runs a program.</summary>
internal sealed class SampleView(Application application) : IView
{
    private string _last = "none";

    public void Draw(Canvas canvas)
    {
        canvas.Border(canvas.Area, canvas["border"], "sample");
        canvas.Draw(2, 1, $"size {canvas.Width}x{canvas.Height} 漢字 e\u0301 end", "text");
        canvas.Draw(2, 2, $"last {_last}", "state.ok");
        canvas.Draw(2, 3, $"answers {(application.Capabilities.Complete ? "all" : "none")}", "text");
    }

    public bool Handle(InputEvent input)
    {
        switch (input)
        {
            case KeyEvent { Key: { Typed.Value: 'q' } }:
                application.Quit(7);
                return true;
            case KeyEvent { Key: { Typed.Value: 'x' } }:
                throw new InvalidOperationException("crash on the thread of the screen");
            case KeyEvent { Key: { Typed.Value: 'y' } }:
                new Thread(() => throw new InvalidOperationException("crash on another thread")).Start();
                return true;
            case KeyEvent { Key: { Typed.Value: 'e' } }:
                var code = application.Outside(() => ForegroundCommand.Run("stty -a > during; IFS= read -r line; echo \"$line\" > typed; exit 3; :"));
                _last = $"editor {code}";
                return true;
            case KeyEvent key:
                _last = $"key {key.Key}";
                return false;
            case PasteEvent paste:
                _last = $"paste {paste.Text}";
                return true;
            case MouseEvent mouse:
                _last = $"mouse {mouse.Action} {mouse.X},{mouse.Y}";
                return true;
            default:
                return false;
        }
    }
}
